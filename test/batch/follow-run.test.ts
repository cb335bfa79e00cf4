import assert from 'node:assert/strict';
import { billedFor } from '../../src/batch/billed-seconds.ts';
import { eventually } from '../support/eventually.ts';
import { faults } from '../support/servers/fault-proxy.ts';
import { BatchRig } from './batch-rig.ts';
import { runObjects } from '../../src/object-keys.ts';

describe('following a run to its end', () => {
  let rig: BatchRig;
  before(async () => (rig = await BatchRig.enter()));
  after(() => rig.leave());
  beforeEach(() => rig.proxy.reset());

  const billed = async (jobId: string): Promise<number> => billedFor(await rig.endpoint.describe(jobId));
  /** Two jobs of one run, neither of which has claimed it: the first response was lost and the list lagged. */
  async function twoJobs(runKey: string): Promise<[string, string]> {
    rig.proxy.inject('submitjob', faults.loseResponse, 1);
    await assert.rejects(rig.submit(runKey));
    rig.proxy.inject('listjobs', faults.noJobsListed, 6);
    const second = await rig.submit(runKey, { listSettle: 50 });
    assert.equal(second.kind, 'submitted');
    const [first] = await rig.jobs(runKey);
    return [first?.jobId ?? assert.fail(), second.jobId];
  }

  it('returns the outcome and the seconds that Batch bills', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey);
    const { end, seen } = rig.follow(runKey, jobId);
    const followed = await end;
    assert.equal(followed.outcome?.jobId, jobId);
    assert.deepEqual([followed.jobId, followed.billedSeconds], [jobId, await billed(jobId)]);
    assert.ok(Number(followed.billedSeconds) >= 1);
    assert.equal(seen.at(-1)?.status, 'SUCCEEDED');
  });

  it('leaves the job with the claim running when two jobs were made, and bills each once', async () => {
    const runKey = rig.run({ slowStart: true, until: 'both-followed' });
    const [first, second] = await twoJobs(runKey);
    const ends = [rig.follow(runKey, first).end, rig.follow(runKey, second).end];
    rig.open(`go.${second}`);
    await rig.reach(second, 'RUNNING');
    await rig.claimed(runKey);
    const later = rig.follow(runKey, first).end;
    rig.open(`go.${first}`);
    assert.equal((await rig.reach(first, 'FAILED')).container?.exitCode, 64);
    rig.open('both-followed');
    const both = (await billed(first)) + (await rig.reach(second, 'SUCCEEDED').then(billedFor));
    for (const followed of await Promise.all([...ends, later])) {
      assert.equal(followed.jobId, second);
      assert.equal(followed.outcome?.jobId, second);
      assert.equal(followed.billedSeconds, both);
    }
    assert.deepEqual(rig.ran(runKey), [second]);
  });

  it('does not wait for a duplicate that is still queued, but terminates it when the run ends', async () => {
    const runKey = rig.run({ slowStart: true });
    const holder = await rig.submitted(runKey);
    const waiting = await rig.submitted(runKey, 'holdout-p3');
    rig.open(`go.${holder}`);
    await rig.reach(holder, 'SUCCEEDED');
    const followed = await rig.follow(runKey, waiting, { queue: 'holdout-p3' }).end;
    assert.deepEqual([followed.jobId, followed.outcome?.jobId], [holder, holder]);
    assert.equal(followed.billedSeconds, await billed(holder));
    assert.equal((await rig.reach(waiting, 'FAILED')).statusReason, 'Holdout: duplicate of a run');
  });

  it('waits for a duplicate that it terminates, and bills it', async () => {
    const runKey = rig.run({ slowStart: true });
    const [first, second] = await twoJobs(runKey);
    await rig.reach(second, 'RUNNING');
    rig.open(`go.${first}`);
    const followed = await rig.follow(runKey, first).end;
    assert.equal(followed.outcome?.jobId, first);
    assert.ok((await billed(second)) >= 1);
    assert.equal(followed.billedSeconds, (await billed(first)) + (await billed(second)));
  });

  it('reports a lost host as spot-reclaimed', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'RUNNING');
    const { end } = rig.follow(runKey, jobId);
    await rig.killJob(jobId);
    const followed = await end;
    assert.deepEqual([followed.jobId, followed.fate, followed.outcome], [jobId, 'spot-reclaimed', undefined]);
    assert.equal(followed.billedSeconds, await billed(jobId));
  });

  it('reports a runner without an outcome as a platform error', async () => {
    const runKey = rig.run({ end: 'error' });
    const jobId = await rig.submitted(runKey);
    const followed = await rig.follow(runKey, jobId).end;
    assert.deepEqual([followed.fate, followed.outcome], ['platform-error', undefined]);
    assert.equal((await rig.endpoint.describe(jobId)).container?.exitCode, 70);
  });

  it('lets no other job run after one that ended before it claimed the run', async () => {
    const runKey = rig.run({ slowStart: true });
    const [first, second] = await twoJobs(runKey);
    await rig.reach(first, 'RUNNING');
    await rig.killJob(first);
    const followed = await rig.follow(runKey, first).end;
    assert.deepEqual([followed.fate, followed.outcome], ['spot-reclaimed', undefined]);
    assert.equal(await rig.claim(runKey), 'abandoned');
    assert.equal((await rig.reach(second, 'FAILED')).status, 'FAILED');
    assert.deepEqual(rig.ran(runKey), []);
  });

  it('survives failed polls and a restart of the endpoint', async () => {
    const runKey = rig.run({ until: 'endpoint-back' });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'RUNNING');
    const { end } = rig.follow(runKey, jobId);
    await rig.endpoint.stop('SIGKILL');
    const failed = rig.failedPolls.length;
    await eventually('a failed poll', () => rig.failedPolls.length > failed);
    await rig.endpoint.start();
    rig.open('endpoint-back');
    assert.equal((await end).outcome?.jobId, jobId);
  });

  it('keeps following a job that only DescribeJobs does not show', async () => {
    const runKey = rig.run({ until: 'shown-again' });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'RUNNING');
    rig.proxy.inject('describejobs', faults.noJobsDescribed, 12);
    const { end } = rig.follow(runKey, jobId);
    await eventually('the job is shown again', () => rig.proxy.count('describejobs') >= 14);
    rig.open('shown-again');
    const followed = await end;
    assert.equal(followed.outcome?.jobId, jobId);
    assert.equal(rig.proxy.count('terminatejob', jobId), 0);
  });

  it('gives up the run of a vanished job, then reports a platform error', async () => {
    const runKey = rig.run({ slowStart: true });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'RUNNING');
    rig.proxy.inject('describejobs', faults.noJobsDescribed);
    rig.proxy.inject('listjobs', faults.noJobsListed);
    const followed = await rig.follow(runKey, jobId).end;
    assert.deepEqual(followed, {
      jobId,
      fate: 'platform-error',
      billedSeconds: 0,
      cause: 'Batch does not know the job any more',
    });
    assert.equal(await rig.claim(runKey), 'abandoned');
    await rig.reach(jobId, 'FAILED');
    assert.deepEqual(rig.ran(runKey), [], 'it ended without ever running the submission');
  });

  it('terminates a vanished job that holds the run, and reports its cost as unknown', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    await rig.claimed(runKey);
    rig.proxy.inject('describejobs', faults.noJobsDescribed);
    rig.proxy.inject('listjobs', faults.noJobsListed);
    rig.proxy.inject('terminatejob', faults.unknownJob);
    const followed = await rig.follow(runKey, jobId).end;
    assert.deepEqual(followed, {
      jobId,
      fate: 'platform-error',
      billedSeconds: null,
      cause: 'Batch does not know the job any more',
    });
    assert.equal(rig.proxy.count('terminatejob', jobId), 1);
  });

  it('says why there is no outcome: the runner’s error, else Batch’s', async () => {
    const causes: string[] = [];
    for (const message of [undefined, 'podman failed: \u001b[31mno space left on device']) {
      const runKey = rig.run({ end: 'error' });
      const runnerError = { version: 1, jobId: 'j', code: 'COMMAND_FAILED', message };
      if (message) await rig.store.write(rig.s3.buckets.runs, runObjects.trouble(runKey), JSON.stringify(runnerError));
      causes.push((await rig.follow(runKey, await rig.submitted(runKey)).end).cause);
    }
    assert.deepEqual(causes, [
      'the job FAILED without an outcome, Essential container in task exited, exit status 70',
      'COMMAND_FAILED: podman failed: [31mno space left on device',
    ]);
  });

  it('returns the outcome of a job that Batch has forgotten, and bills the outcome’s seconds', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'SUCCEEDED');
    rig.proxy.inject('describejobs', faults.noJobsDescribed);
    rig.proxy.inject('listjobs', faults.noJobsListed);
    const followed = await rig.follow(runKey, jobId).end;
    assert.equal(followed.outcome?.jobId, jobId);
    assert.equal(followed.billedSeconds, 13);
  });

  it('leaves the job running when its process shuts down', async () => {
    const runKey = rig.run({ until: 'next-process' });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'RUNNING');
    const { end, leave } = rig.follow(runKey, jobId);
    leave.abort(new Error('away'));
    await assert.rejects(end, { message: 'away' });
    assert.equal((await rig.endpoint.describe(jobId)).status, 'RUNNING');
    rig.open('next-process');
    assert.equal((await rig.follow(runKey, jobId).end).outcome?.jobId, jobId);
    assert.equal(await rig.claim(runKey), jobId);
  });
});
