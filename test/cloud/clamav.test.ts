import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hostScan } from '../../src/images/scans/host-scan.ts';
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
});
