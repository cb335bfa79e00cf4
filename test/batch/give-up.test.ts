import assert from 'node:assert/strict';
import { CancelJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import type { FollowedRun } from '../../src/batch/follow-run.ts';
import { billedFor } from '../../src/batch/billed-seconds.ts';
import { eventually } from '../support/eventually.ts';
import { faults } from '../support/servers/fault-proxy.ts';
import { BatchRig } from './batch-rig.ts';

const noCapacity =
  'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [holdout-p3]';
const ended = 'the job FAILED without an outcome, ';

describe('giving up a run', () => {
  let rig: BatchRig;
  before(async () => (rig = await BatchRig.enter()));
  after(() => rig.leave());
  beforeEach(() => rig.proxy.reset());

  it('ends a job that finds no slot in time, at no cost, and lets no late start run it', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey, 'holdout-p3');
    const { end, seen } = rig.follow(runKey, jobId, { queue: 'holdout-p3', runnableLimitSeconds: 0.3 });
    assert.deepEqual(endedAs(await end), {
      jobId,
      fate: 'unplaceable',
      billedSeconds: 0,
      said: `Holdout: too long RUNNABLE: ${noCapacity}`,
      cause: `${ended}Holdout: too long RUNNABLE: ${noCapacity}`,
    });
    assert.equal(seen[0]?.status, 'RUNNABLE');
    assert.equal(await rig.claim(runKey), 'abandoned');
    assert.equal((await rig.reach(jobId, 'FAILED')).statusReason, `Holdout: too long RUNNABLE: ${noCapacity}`);
    assert.deepEqual(await rig.submit(runKey), { kind: 'abandoned' });
  });

  it('counts the limit from the first time that the job was seen RUNNABLE, also in an earlier attempt', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey, 'holdout-p3');
    const submittedLongAgo = (answer: object) => ({
      jobs: (answer as { jobs: object[] }).jobs.map((job) => ({ ...job, createdAt: Date.now() - 7 * 3_600_000 })),
    });
    rig.proxy.inject('describejobs', { kind: 'answer', change: submittedLongAgo }, 3);
    const order = { queue: 'holdout-p3', runnableLimitSeconds: 6 * 3_600 };
    const first = rig.follow(runKey, jobId, order);
    await eventually('it is seen four times', () => first.seen.length >= 4);
    first.leave.abort();
    await assert.rejects(first.end);
    assert.equal(await rig.claim(runKey), undefined, 'it is not given up for its age');
    const next = rig.follow(runKey, jobId, { ...order, runnableSince: Date.now() - 7 * 3_600_000 });
    assert.equal((await next.end).fate, 'unplaceable');
  });

  it('gives up at once a job that Batch says no machine can ever take, as the platform’s fault in Batch’s words', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey, 'holdout-p3');
    const words = 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement is higher than can be met.';
    const change = (answer: object) => ({
      jobs: (answer as { jobs: { status: string }[] }).jobs.map((job) =>
        job.status === 'RUNNABLE' ? { ...job, statusReason: words } : job,
      ),
    });
    rig.proxy.inject('describejobs', { kind: 'answer', change });
    assert.deepEqual(endedAs(await rig.follow(runKey, jobId, { queue: 'holdout-p3' }).end), {
      jobId,
      fate: 'platform-error',
      billedSeconds: 0,
      said: `Holdout: cannot be placed: ${words}`,
      cause: `Batch cannot place the job: ${words}`,
    });
    assert.equal(await rig.claim(runKey), 'abandoned');
  });

  it('says that somebody else ended a job, whether it waited or ran: the platform’s fault, not the team’s', async () => {
    const reason = 'too expensive';
    const [waits, runs] = [rig.run(), rig.run({ until: 'never' })];
    const waiting = await rig.submitted(waits, 'holdout-p3');
    const running = await rig.submitted(runs);
    const followed = [rig.follow(waits, waiting, { queue: 'holdout-p3' }), rig.follow(runs, running)];
    await rig.claimed(runs);
    await rig.endpoint.client.send(new CancelJobCommand({ jobId: waiting, reason }));
    await rig.endpoint.client.send(new TerminateJobCommand({ jobId: running, reason }));
    for (const { end } of followed) {
      const { fate, cause } = await end;
      assert.deepEqual([fate, cause], ['platform-error', 'somebody ended the job outside Holdout: too expensive']);
    }
  });

  it('ends a run whose queue was removed in the meantime', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const { end, giveUp } = rig.follow(runKey, jobId);
    await rig.claimed(runKey);
    rig.proxy.inject('listjobs', faults.unknownJob);
    giveUp.abort();
    assert.equal((await end).fate, 'cancelled');
  });

  it('reports a run as unplaceable whatever its job reports, if the job began too late to claim it', async () => {
    const runKey = rig.run({ slowStart: true });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'RUNNING');
    rig.proxy.inject('describejobs', { kind: 'answer', change: asRunnable }, 1);
    rig.proxy.inject('terminatejob', { kind: 'hold', until: () => rig.reach(jobId, 'FAILED') });
    const { end } = rig.follow(runKey, jobId, { runnableLimitSeconds: 0 });
    await eventually('the job is being ended', () => rig.proxy.count('terminatejob', jobId) > 0);
    rig.open(`go.${jobId}`);
    const followed = await end;
    const job = await rig.endpoint.describe(jobId);
    assert.equal(job.statusReason, 'Essential container in task exited');
    assert.equal(job.container?.exitCode, 64);
    assert.deepEqual(endedAs(followed), {
      jobId,
      fate: 'unplaceable',
      billedSeconds: billedFor(job),
      said: job.statusReason,
      cause: `${ended}Essential container in task exited, exit status 64`,
    });
    assert.deepEqual(rig.ran(runKey), []);
  });

  it('keeps a job that began just as its run was about to be given up', async () => {
    const runKey = rig.run({ slowStart: true, until: 'began' });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'RUNNING');
    const change = async (answer: object) => {
      rig.open(`go.${jobId}`);
      await rig.claimed(runKey);
      return asRunnable(answer);
    };
    rig.proxy.inject('describejobs', { kind: 'answer', change }, 3);
    const { end, seen } = rig.follow(runKey, jobId, { runnableLimitSeconds: 0 });
    await eventually('the job is seen running', () => seen.at(-1)?.status === 'RUNNING');
    rig.open('began');
    assert.equal((await end).outcome?.end.kind, 'exited');
    assert.equal(rig.proxy.count('terminatejob', jobId), 0);
  });

  it('ends a run that was cancelled while it was queued', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey, 'holdout-p3');
    const { end, giveUp } = rig.follow(runKey, jobId, { queue: 'holdout-p3' });
    giveUp.abort();
    assert.deepEqual(endedAs(await end), {
      jobId,
      fate: 'cancelled',
      billedSeconds: 0,
      said: 'Holdout: cancelled',
      cause: `${ended}Holdout: cancelled`,
    });
    assert.equal(await rig.claim(runKey), 'abandoned');
    assert.equal((await rig.reach(jobId, 'FAILED')).statusReason, 'Holdout: cancelled');
  });

  it('returns the outcome and the cost of a run that was cancelled while it was running', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const { end, giveUp } = rig.follow(runKey, jobId);
    await rig.claimed(runKey);
    giveUp.abort();
    const followed = await end;
    assert.deepEqual([followed.jobId, followed.fate, followed.outcome?.end.kind], [jobId, 'cancelled', 'stopped']);
    assert.equal(followed.billedSeconds, billedFor(await rig.endpoint.describe(jobId)));
    assert.ok(followed.billedSeconds >= 1);
    assert.equal(rig.proxy.count('terminatejob', jobId), 1);
  });

  it('lets no job run that was cancelled while it was starting', async () => {
    const runKey = rig.run({ slowStart: true });
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'STARTING', 'RUNNING');
    const { end, giveUp } = rig.follow(runKey, jobId);
    giveUp.abort();
    const followed = await end;
    assert.deepEqual([followed.fate, followed.outcome], ['cancelled', undefined]);
    assert.equal(followed.billedSeconds, billedFor(await rig.endpoint.describe(jobId)));
    assert.equal(await rig.claim(runKey), 'abandoned');
    assert.deepEqual(rig.ran(runKey), []);
  });

  it('returns the outcome of a run that ended before it could be cancelled', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'SUCCEEDED');
    const { end, giveUp } = rig.follow(runKey, jobId);
    giveUp.abort();
    assert.equal((await end).outcome?.end.kind, 'exited');
  });

  it('ends the job that holds the run, and also the duplicate it was asked to follow', async () => {
    const runKey = rig.run({ slowStart: true, until: 'never' });
    const holder = await rig.submitted(runKey);
    const waiting = await rig.submitted(runKey, 'holdout-p3');
    const { end, giveUp } = rig.follow(runKey, waiting, { queue: 'holdout-p3' });
    rig.open(`go.${holder}`);
    await rig.claimed(runKey);
    giveUp.abort();
    const followed = await end;
    assert.deepEqual([followed.jobId, followed.fate, followed.outcome?.end.kind], [holder, 'cancelled', 'stopped']);
    assert.equal((await rig.reach(waiting, 'FAILED')).statusReason, 'Holdout: duplicate of a run');
    assert.equal(rig.proxy.count('terminatejob', holder) + rig.proxy.count('terminatejob', waiting), 2);
  });

  it('follows the job that holds the run if the one it was asked to follow waits too long', async () => {
    const runKey = rig.run({ slowStart: true, until: 'waited' });
    const holder = await rig.submitted(runKey);
    const waiting = await rig.submitted(runKey, 'holdout-p3');
    const claimed = async (): Promise<void> => {
      rig.open(`go.${holder}`);
      await rig.claimed(runKey);
    };
    rig.proxy.inject('describejobs', { kind: 'hold', until: claimed }, 1);
    const { end, seen } = rig.follow(runKey, waiting, { queue: 'holdout-p3', runnableLimitSeconds: 0 });
    await eventually('the holder is followed', () => seen.at(-1)?.jobId === holder);
    rig.open('waited');
    const followed = await end;
    assert.deepEqual([followed.jobId, followed.outcome?.end.kind], [holder, 'exited']);
  });

  it('is completed by the next attempt if its process dies between the claim and the end of the job', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey, 'holdout-p3');
    rig.proxy.inject('terminatejob', faults.serverError);
    const first = rig.follow(runKey, jobId, { queue: 'holdout-p3' });
    first.giveUp.abort();
    await assert.rejects(first.end);
    assert.equal(await rig.claim(runKey), 'abandoned');
    rig.proxy.reset();
    const next = rig.follow(runKey, jobId, { queue: 'holdout-p3' });
    next.giveUp.abort();
    assert.deepEqual(endedAs(await next.end), {
      jobId,
      fate: 'cancelled',
      billedSeconds: 0,
      said: 'Holdout: cancelled',
      cause: `${ended}Holdout: cancelled`,
    });
    assert.equal((await rig.reach(jobId, 'FAILED')).statusReason, 'Holdout: cancelled');
  });
});

/** Everything known about a run without an outcome, including Batch's texts. */
const endedAs = ({ job, ...rest }: FollowedRun) => ({ ...rest, said: job?.statusReason });

/** An outdated response of DescribeJobs. */
const asRunnable = (answer: object): Record<string, unknown> => ({
  jobs: (answer as { jobs: object[] }).jobs.map((job) => ({ ...job, status: 'RUNNABLE' })),
});
