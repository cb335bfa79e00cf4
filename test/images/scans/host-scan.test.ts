import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '../../../src/errors.ts';
import { hostScan, type HostScan } from '../../../src/images/scans/host-scan.ts';
import { GateRig } from '../../support/images/gate-rig.ts';
import { tarOf } from '../../support/images/image-archives.ts';
import { layersOf, oci, OciBuilder } from '../../support/images/oci-builder.ts';
import { zstdOf } from '../../support/images/zstd.ts';

const secret = 'text that a scanner looks for';

describe('the host’s scanner of images', () => {
  const into = join(mkdtempSync(join(tmpdir(), 'host-scan-')), 'scanned');
  let rig: GateRig;
  let layout: string;
  before(async () => {
    rig = await GateRig.start();
    const [base, top] = await layersOf(secret);
    assert.ok(base && top);
    const builder = new OciBuilder();
    const packed = [base, { ...top, pack: zstdOf, fields: { mediaType: `${oci.layer}+zstd` } }];
    const limits = { imageBytes: 2 ** 20, unpackedBytes: 2 ** 20 };
    const accepted = await rig.inspect(await tarOf(builder.entries([builder.image(packed)])), limits);
    layout = accepted.kind === 'accepted' ? accepted.layout : assert.fail(accepted.why);
  });
  after(async () => {
    await rig.stop();
    rmSync(join(into, '..'), { recursive: true });
  });

  const scan = (...command: string[]): Promise<HostScan> =>
    hostScan(layout, command, { into, stop: new AbortController().signal });
  const shell = (script: string): Promise<HostScan> => scan('sh', '-c', script, 'scanner', '{image}');

  it('ends with 0 for a clean image and with 1 for findings, and its output is kept', async () => {
    assert.deepEqual(await shell('echo all is well'), { kind: 'clean', output: 'all is well\n' });
    assert.deepEqual(await shell('echo bad >&2; exit 1'), { kind: 'findings', output: 'bad' });
  });

  it('gets the accepted layout as the last word or for {image}, and its folder is gone afterwards', async () => {
    const script = 'test -f "$1/layout/index.json" && test -f "$1/layout/oci-layout" && echo "$1"';
    for (const words of [[], ['{image}']]) {
      assert.deepEqual(await scan('sh', '-c', script, 'scanner', ...words), { kind: 'clean', output: `${into}\n` });
      assert.equal(existsSync(into), false);
    }
  });

  it('gets layers of zstd unpacked too, which most scanners cannot read', async () => {
    assert.equal((await shell(`! grep -rq '${secret}' "$1/unpacked"`)).kind, 'findings');
    assert.equal((await shell(`test "$(ls "$1/unpacked" | wc -l)" = 1`)).kind, 'clean');
  });

  it('has no key of the worker', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'a key of the worker';
    try {
      const { output } = await shell('env');
      assert.match(output, /^PATH=/m);
      assert.doesNotMatch(output, /AWS_|HOLDOUT_|a key of/);
    } finally {
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
  });

  it('is the platform’s fault when it comes to no verdict', async () => {
    const cases: [HostScanCall, RegExp][] = [
      [() => shell('exit 2'), /scanner sh came to no verdict on an image: it ended with status 2\.$/],
      [() => scan('no-such-scanner'), /no-such-scanner came to no verdict .*: it cannot be started \(ENOENT\)\.$/],
      [() => shell('kill -9 $$'), /it was ended/],
    ];
    for (const [call, message] of cases) {
      await assert.rejects(call, (error: unknown) => {
        assert.ok(error instanceof HoldoutError);
        assert.deepEqual([error.code, message.test(error.message)], ['IMAGE_SCANNER_FAILED', true], error.message);
        return true;
      });
    }
  });
});

type HostScanCall = () => Promise<HostScan>;
