import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  killLeftovers,
  signalRunner,
  startJobProcess,
  stateOfProcess,
} from '../../../../src/local/batch-endpoint/executors/job-process.ts';
import { eventually } from '../../../support/eventually.ts';
import { Rig } from '../endpoint-rig.ts';

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

describe('an endpoint over a copy of the state of another', () => {
  const [original, copy] = [new Rig(), new Rig()];
  after(async () => {
    await copy.remove();
    await original.remove();
  });

  it('has lost the jobs that run there, and cleans up nothing of them', async () => {
    await original.start();
    await original.register();
    const running = await original.submit('exec sleep 300');
    await original.reach(running, 'RUNNING');
    cpSync(original.startUp.stateFolder, copy.startUp.stateFolder, { recursive: true });
    await copy.start();
    const { statusReason } = await copy.reach(running, 'FAILED');
    assert.match(statusReason ?? '', /^Host EC2 .* terminated\.$/);
    assert.equal(existsSync(join(copy.folder, 'reaped')), false);
    assert.equal((await original.describe(running)).status, 'RUNNING');
  });
});
