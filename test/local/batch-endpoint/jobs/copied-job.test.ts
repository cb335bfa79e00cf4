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
  const rigs: Rig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0).reverse()) await rig.remove();
  });

  /** The moment of the copy: after the job's process has written its identity, or, as the file lacks it, before. */
  for (const [moment, files] of [
    ['while a job runs', []],
    ['while a job starts', ['process', 'runner']],
  ] as const) {
    it(`that was made ${moment} has lost the job, and cleans up nothing of it`, async () => {
      const [original, copy] = [new Rig(), new Rig()];
      rigs.push(original, copy);
      await original.start();
      await original.register();
      const job = await original.submit('echo runs >"$FOLDER/runs"; exec sleep 300');
      await original.written('runs');
      cpSync(original.startUp.stateFolder, copy.startUp.stateFolder, { recursive: true });
      for (const file of files) rmSync(join(copy.startUp.stateFolder, 'jobs', job, file));
      await copy.start();
      const { statusReason } = await copy.reach(job, 'FAILED');
      assert.match(statusReason ?? '', /^Host EC2 .* terminated\.$/);
      assert.deepEqual(copy.reaped(), []);
      assert.equal((await original.describe(job)).status, 'RUNNING');
    });
  }
});
