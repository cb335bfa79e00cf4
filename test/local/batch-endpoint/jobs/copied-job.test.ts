import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  killLeftovers,
  signalRunner,
  startJobProcess,
  stateOfProcess,
} from '../../../../src/local/batch-endpoint/executors/job-process.ts';
import { eventually } from '../../../support/eventually.ts';

const jobId = 'a-job';

describe('the folder of a running job, copied with its home', () => {
  const parent = mkdtempSync(join(tmpdir(), 'holdout-job-'));
  const [original, copy] = [join(parent, 'original'), join(parent, 'copy')];
  before(async () => {
    mkdirSync(original);
    startJobProcess(original, ['/bin/sleep', '300'], { AWS_BATCH_JOB_ID: jobId });
    await eventually('its runner runs', () => signalRunner(original, jobId, 'SIGCONT'));
    cpSync(original, copy, { recursive: true });
  });
  after(() => {
    signalRunner(original, jobId, 'SIGKILL');
    rmSync(parent, { recursive: true });
  });

  it('has lost its job, and does no harm to the original’s', () => {
    assert.deepEqual(stateOfProcess(copy), { kind: 'gone' });
    assert.equal(signalRunner(copy, jobId, 'SIGKILL'), false);
    killLeftovers(copy, jobId);
    assert.deepEqual(stateOfProcess(original), { kind: 'running' });
  });
});
