import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PulledImage } from '../../src/activities/pull-image.ts';
import type { Manifest, Submission } from '../../src/campaign/model/frozen-campaign.ts';
import { hostScan } from '../../src/images/scans/host-scan.ts';
import { resultObjects } from '../../src/object-keys.ts';
import { sha256 } from '../../src/sha256.ts';
import { ActivityRig } from '../activities/activity-rig.ts';
import { submissionOf } from '../ledger/store-rig.ts';
import { debianPrograms, ProgramsUnavailable } from '../support/debian-programs.ts';
import { GateRig } from '../support/images/gate-rig.ts';
import { tarOf } from '../support/images/image-archives.ts';
import { layersOf, oci, OciBuilder, type BuiltLayer } from '../support/images/oci-builder.ts';
import { zstdOf } from '../support/images/zstd.ts';

/** The test file of https://www.eicar.org, in two parts so that no scanner takes this file for it. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** clamscan with libraries that an installed one would have. */
const packages = ['clamav', 'libclamav12', 'libjson-c5', 'libmspack0', 'libxml2', 'libcurl4', 'libpcre2-8-0'];

function clamAv(): { kind: 'present'; folder: string } | { kind: 'absent'; why: string } {
  try {
    return { kind: 'present', folder: debianPrograms('clamav', packages) };
  } catch (error) {
    if (error instanceof ProgramsUnavailable) return { kind: 'absent', why: error.message };
    throw error;
  }
}

const found = clamAv();
const skipped = found.kind === 'absent' ? ` (skipped: ${found.why})` : '';

describe(`ClamAV as the host’s scanner${skipped}`, function () {
  this.timeout(120_000);
  const home = mkdtempSync(join(tmpdir(), 'clamav-'));
  let gate: GateRig;
  const command = [
    'env',
    `LD_LIBRARY_PATH=${found.kind === 'present' ? found.folder : ''}/usr/lib/x86_64-linux-gnu`,
    `${found.kind === 'present' ? found.folder : ''}/usr/bin/clamscan`,
    // Its own signatures are downloaded by freshclam; one is enough to show that it looks into layers.
    `--database=${join(home, 'eicar.ndb')}`,
    '--recursive',
    '--no-summary',
  ];
  before(async function () {
    if (found.kind === 'absent') return this.skip();
    gate = await GateRig.start();
    writeFileSync(join(home, 'eicar.ndb'), `Eicar-Test-Signature:0:*:${Buffer.from(eicar).toString('hex')}\n`);
  });
  after(async () => {
    await gate?.stop();
    rmSync(home, { recursive: true });
  });

  /** Scans an accepted image whose last layer has this text in a file. */
  async function scanned(text: string, pack: BuiltLayer['pack'], mediaType: string): Promise<string> {
    const [base, top] = await layersOf(text);
    assert.ok(base && top);
    const builder = new OciBuilder();
    const image = builder.image([base, { ...top, ...(pack && { pack }), fields: { mediaType } }]);
    const accepted = await gate.inspect(await tarOf(builder.entries([image])));
    if (accepted.kind === 'refused') assert.fail(accepted.why);
    const stop = new AbortController().signal;
    const { kind, output } = await hostScan(accepted.layout, command, { into: join(home, 'scanned'), stop });
    if (kind === 'findings') assert.match(output, /Eicar-Test-Signature.* FOUND$/m);
    return kind;
  }

  for (const [how, pack, suffix] of [
    ['gzip', gzipSync, '+gzip'],
    ['zstd', zstdOf, '+zstd'],
    ['nothing', (tar: Buffer) => tar, ''],
  ] as const) {
    it(`finds the EICAR test file in a layer compressed with ${how}, and nothing in one without it`, async () => {
      assert.equal(await scanned(eicar, pack, `${oci.layer}${suffix}`), 'findings');
      assert.equal(await scanned('nothing bad', pack, `${oci.layer}${suffix}`), 'clean');
    });
  }

  describe('when a submission’s image is fetched', () => {
    let rig: ActivityRig;
    before(async () => {
      rig = await ActivityRig.start();
      const images = { infected: eicar, harmless: 'nothing bad' };
      for (const onFinding of ['refuse', 'flag'] as const) {
        const submissions = await Promise.all(
          Object.entries(images).map(([name, text]) => handedIn(`${onFinding}/${name}.tar`, name, text)),
        );
        const manifest: Manifest = { version: 1, teams: [{ team: 'one', teamName: 'one', submissions }] };
        await rig.results.freezeRows(onFinding, manifest, { scan: { command, onFinding } });
      }
    });
    after(() => rig.stop());

    async function handedIn(key: string, submission: string, text: string): Promise<Submission> {
      const builder = new OciBuilder();
      const archive = await tarOf(builder.entries([builder.image(await layersOf(text))]));
      const { images: bucket } = rig.batch.s3.buckets;
      await rig.results.store.write(bucket, key, archive);
      return { ...submissionOf('one', submission), image: { kind: 'archive', bucket, key, sha256: sha256(archive) } };
    }

    /** What became of an image, and what the scanner printed about it. */
    async function pulled(campaign: string, submission: string): Promise<{ image: PulledImage; printed: string[] }> {
      const image = await rig.call('pullImage', { campaign, submission });
      const { store, bucket } = rig.results;
      const printed: string[] = [];
      for await (const key of store.list(bucket, `${resultObjects.scansFolder(campaign)}${submission}/`))
        printed.push(String(await store.read(bucket, key)));
      return { image, printed };
    }

    it('refuses the EICAR test file by the host’s rule, before the image reaches the store', async () => {
      const { image, printed } = await pulled('refuse', 'infected');
      assert.ok(image.kind === 'refused' && image.byHost, JSON.stringify(image));
      assert.match(image.why, /^the host’s scanner found something: s3:\/\/\S+\.txt; no run was started$/);
      assert.match(printed.join(), /Eicar-Test-Signature.* FOUND$/m);
    });

    it('or flags it and goes on', async () => {
      const { image, printed } = await pulled('flag', 'infected');
      assert.equal(image.kind, 'pulled');
      assert.match(image.kind === 'pulled' ? (image.scan ?? '') : '', /^the host’s scanner found something: s3:/);
      assert.match(printed.join(), /Eicar-Test-Signature.* FOUND$/m);
    });

    for (const rule of ['refuse', 'flag']) {
      it(`lets an image pass in which it finds nothing, with ${rule}`, async () => {
        const { image, printed } = await pulled(rule, 'harmless');
        assert.deepEqual([image.kind, 'scan' in image], ['pulled', false]);
        assert.doesNotMatch(printed.join(), /FOUND/);
        assert.equal(printed.length, 1);
      });
    }
  });
});
