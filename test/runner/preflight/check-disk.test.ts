import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDisk } from '../../../src/runner/preflight/check-disk.ts';

describe('the preflight’s look at the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-disk-'));
  after(() => rmSync(folder, { recursive: true }));

  const needs = (outputBytes: number) => ({
    limits: { wallClockSeconds: 1, memoryMiB: 1, pids: 1, outputBytes, sharedMemoryMiB: 1 },
    predictions: { file: 'predictions.csv', maxBytes: 1 },
    inputs: {
      indexKey: 'index.json',
      files: { bucket: 'inputs', prefix: '' },
      digest: '0',
      items: 1,
      bytes: 1,
    },
  });

  it('makes a folder for runs that only its owner can enter', async () => {
    const scratch = join(folder, 'scratch');
    await checkDisk(scratch, needs(1));
    assert.equal(statSync(scratch).mode & 0o777, 0o700);
  });

  it('refuses a disk on which a run does not fit', async () => {
    await assert.rejects(checkDisk(folder, needs(2 ** 60)), { code: 'SCRATCH_FULL' });
  });
});
