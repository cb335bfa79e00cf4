import assert from 'node:assert/strict';
import { endUnfollowedJobs, type RunToEnd } from '../../../src/activities/jobs/end-unfollowed-jobs.ts';
import { parseRunKey } from '../../../src/ids.ts';
import { BatchRig } from '../../batch/batch-rig.ts';
import { eventually } from '../../support/eventually.ts';
import { faults } from '../../support/servers/fault-proxy.ts';

describe('ending the jobs of a run that cannot be followed', () => {
  let rig: BatchRig;
  before(async () => (rig = await BatchRig.enter()));
  after(() => rig.leave());
  beforeEach(() => rig.proxy.reset());

  const order = (runKey: string, change: Partial<RunToEnd> = {}): RunToEnd => ({
    ...parseRunKey(runKey),
    jobId: null,
    queue: 'holdout-g4',
    longestSeconds: 60,
    ...change,
  });
  const ended = async (jobId: string): Promise<string | undefined> => (await rig.reach(jobId, 'FAILED')).statusReason;
  const unfollowed = 'Holdout: cannot be followed';

  it('ends the job that holds the run, known or not', async () => {
    for (const isKnown of [true, false]) {
      const runKey = rig.run({ until: 'never' });
      const jobId = await rig.submitted(runKey);
      await rig.claimed(runKey);
      const run = isKnown ? order(runKey, { jobId, queue: null }) : order(runKey, { queue: null });
      assert.deepEqual(await endUnfollowedJobs(rig.dependencies, run), { mayStillRun: [] });
      assert.equal(await ended(jobId), unfollowed);
    }
  });

  it('ends jobs that have not begun, and none can begin the run later', async () => {
    const runKey = rig.run({ slowStart: true });
    const first = await rig.submitted(runKey);
    rig.proxy.inject('listjobs', faults.noJobsListed, 1);
    const second = await rig.submitted(runKey);
    await eventually('both are there', async () => (await rig.jobs(runKey)).length === 2);
    assert.deepEqual(await endUnfollowedJobs(rig.dependencies, order(runKey)), { mayStillRun: [] });
    assert.deepEqual([await ended(first), await ended(second)], [unfollowed, unfollowed]);
    assert.equal(await rig.claim(runKey), 'abandoned');
    assert.deepEqual(await rig.submit(runKey), { kind: 'abandoned' });
  });

  it('names a job whose end Batch refuses, and goes on trying', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    await rig.claimed(runKey);
    rig.proxy.inject('terminatejob', faults.denied);
    assert.deepEqual(await endUnfollowedJobs(rig.dependencies, order(runKey, { jobId })), { mayStillRun: [jobId] });
    rig.proxy.lift('terminatejob');
    assert.equal(await ended(jobId), unfollowed);
  });

  it('ends a known job also while S3 or the list fails, and fails so that it is tried again', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const { dependencies } = rig;
    const runs = { ...dependencies.runs, bucket: 'no-such-bucket' };
    await assert.rejects(endUnfollowedJobs({ ...dependencies, runs }, order(runKey, { jobId })), {
      name: 'NoSuchBucket',
    });
    assert.equal(await ended(jobId), unfollowed);
    const other = rig.run({ slowStart: true });
    const pending = await rig.submitted(other);
    rig.proxy.inject('listjobs', faults.denied);
    await assert.rejects(endUnfollowedJobs(dependencies, order(other, { jobId: pending })), {
      name: 'AccessDeniedException',
    });
    assert.equal(await ended(pending), unfollowed);
    assert.equal(await rig.claim(other), 'abandoned');
  });

  it('has nothing to end for a run without a job', async () => {
    const runKey = rig.run();
    assert.deepEqual(await endUnfollowedJobs(rig.dependencies, order(runKey)), { mayStillRun: [] });
    assert.equal(await rig.claim(runKey), 'abandoned');
  });
});
