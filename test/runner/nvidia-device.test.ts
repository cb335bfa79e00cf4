import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDevice } from '../../src/runner/device.ts';
import { runPlaceOf } from '../../src/runner/run-place.ts';

describe('an NVIDIA device', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-nvidia-'));
  const path = process.env['PATH'];
  const place = runPlaceOf({ scratch: folder, jobId: 'job' });
  const open = (): ReturnType<typeof openDevice> =>
    openDevice({ name: 'g4dn.xlarge', gpu: 'nvidia', gpuMemoryMiB: 15109, vcpus: 4 }, place, 'docker');
  /** Stands for nvidia-smi, which no machine without a driver has; the lines are what it prints for the query. */
  const pretend = (script: string): void =>
    writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  before(() => {
    process.env['PATH'] = `${folder}:${path}`;
  });
  after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  it('is measured by its highest sample', async () => {
    pretend('for used in 3 1204 77; do echo "$used, 15109, 550.54.15"; sleep 0.05; done; exec sleep 60');
    const device = await open();
    await sleep(500);
    assert.deepEqual(await device.stop(), { totalMiB: 15109, peakMiB: 1204, driver: '550.54.15' });
    device.close();
    assert.deepEqual(device.createFlags, ['--gpus=all']);
  });

  it('that cannot be read is trouble, not a peak of zero', async () => {
    pretend('echo "No devices were found"; exit 6');
    await assert.rejects(open(), { code: 'DEVICE_UNREADABLE' });
  });
});
