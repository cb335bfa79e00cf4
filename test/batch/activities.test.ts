import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TerminateJobCommand, type JobDetail } from '@aws-sdk/client-batch';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import type { AwaitOrder } from '../../src/activities/await-batch-job.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { RunOrder } from '../../src/activities/submit-batch-job.ts';
import { billedFor } from '../../src/batch/billed-seconds.ts';
import { jobDefinition } from '../../src/batch/definitions/job-definition.ts';
import { refusalOf } from '../../src/batch/refused-call.ts';
import type { RunSpec } from '../../src/campaign/model/run-spec.ts';
import type { StuckReport } from '../../src/campaign/model/messages.ts';
import type { Submission } from '../../src/campaign/model/frozen-campaign.ts';
import type { CanarySpec } from '../../src/campaign/model/canaries/canary.ts';
import { simulatedCanary } from '../../src/campaign/simulation/simulated-canary.ts';
import {
  campaignWorkflowId,
  canaryMember,
  canaryWorkflowId,
  parseRunKey,
  runKeyOf,
  taskQueues,
} from '../../src/ids.ts';
import { canariesOf } from '../../src/ledger/canary-records.ts';
import { ImageStore } from '../../src/images/store/image-store.ts';
import { FrozenReader } from '../../src/ledger/frozen-reader.ts';
import { loadSettings } from '../../src/settings.ts';
import { embeddedTimings, type Timings } from '../../src/timings.ts';
import { eventually } from '../support/eventually.ts';
import { faults } from '../support/servers/fault-proxy.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { startTemporalServer, type TemporalServer } from '../support/servers/temporal-server.ts';
import { BatchRig, pollMs } from './batch-rig.ts';
import type { awaitRun, canary, submitRun } from './run-workflow.ts';
import { runObjects, resultObjects } from '../../src/object-keys.ts';

const timings: Timings = {
  ...embeddedTimings,
  poll: pollMs,
  // Long enough for a busy machine, on which a missed heartbeat would end an attempt.
  awaitHeartbeatTimeout: 3_000,
  // Below the two seconds for which Batch hangs.
  submitHeartbeatTimeout: 1_500,
  listSettle: 500,
};

describe('the activities of a Batch job on a real worker', () => {
  let rig: BatchRig;
  let server: TemporalServer;
  let bundle: WorkflowBundle;
  let client: Client;
  let native: NativeConnection;
  let running: { workers: Worker[]; ended: Promise<unknown> };

  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const workflowsPath = fileURLToPath(new URL('run-workflow.ts', import.meta.url));
    const logger = new DefaultLogger('ERROR');
    [rig, server, bundle] = await Promise.all([
      BatchRig.enter(),
      startTemporalServer(),
      bundleWorkflowCode({ workflowsPath, logger }),
    ]);
    const frozen = frozenCampaign();
    const instanceClasses = frozen.instanceClasses.map((row) => ({ ...row, isolation: 'gvisor' }));
    const campaign = JSON.stringify({ ...frozen, instanceClasses, seal: 'age1recipient' });
    await rig.store.write(rig.s3.buckets.results, resultObjects.campaign('case'), campaign);
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
    native = await NativeConnection.connect({ address: server.address });
    await startWorkers();
  });
  after(async () => {
    rig.leave();
    try {
      await stopWorkers();
      await native.close();
      await client.connection.close();
    } finally {
      await server.stop();
    }
  });
  beforeEach(() => rig.proxy.reset());

  const row: Submission = {
    submission: 's',
    team: 't',
    teamName: 'T',
    submittedAt: '2020-03-31T00:00:00.000Z',
    image: { kind: 'registry', reference: 'docker://registry.example.org/t/s:1' },
    args: ['--in={input}', '{predictions}'],
  };

  async function startWorkers(): Promise<void> {
    const { store, s3, dependencies } = rig;
    const activities = createActivities({
      ...dependencies,
      settings: { ...loadSettings({}), timings },
      buckets: s3.buckets,
      store,
      results: { store, bucket: s3.buckets.results },
      images: new ImageStore(''),
      workflows: client.workflow,
      // Accepts runs of any name: the rig has no frozen campaign with their rows.
      frozen: Object.assign(new FrozenReader({ store, bucket: s3.buckets.results }), { submission: async () => row }),
      report: () => Promise.resolve(),
    });
    const make = (taskQueue: string): Promise<Worker> =>
      Worker.create({ connection: native, taskQueue, activities, workflowBundle: bundle, shutdownGraceTime: 0 });
    const workers = await Promise.all([taskQueues.main, taskQueues.submit, taskQueues.await].map(make));
    running = { workers, ended: Promise.all(workers.map((worker) => worker.run())) };
  }

  async function stopWorkers(): Promise<void> {
    for (const worker of running.workers) worker.shutdown();
    await running.ended;
  }

  const orderOf = (runKey: string): RunOrder => ({
    ...parseRunKey(runKey),
    purpose: 'evaluation',
    moreSharedMemory: false,
    class: 'g4',
    image: { reference: 'oci:/images:x', digest: 'sha256:0' },
  });
  const submit = (
    runKey: string,
    rest: Partial<RunOrder> & { withdraw?: true } = {},
  ): Promise<WorkflowHandle<typeof submitRun>> =>
    client.workflow.start<typeof submitRun>('submitRun', {
      workflowId: `submit ${runKey}`,
      taskQueue: taskQueues.main,
      args: [{ ...orderOf(runKey), ...rest }, timings],
    });
  const follow = (
    runKey: string,
    jobId: string,
    rest: Partial<AwaitOrder> = {},
    within = timings,
  ): Promise<WorkflowHandle<typeof awaitRun>> =>
    client.workflow.start<typeof awaitRun>('awaitRun', {
      workflowId: `await ${runKey}`,
      taskQueue: taskQueues.main,
      args: [{ ...orderOf(runKey), jobId, giveUp: false, ...rest }, within],
    });
  async function pending(handle: WorkflowHandle): Promise<{ attempt: number; details: Details | undefined }> {
    const [activity] = (await handle.describe()).raw.pendingActivities ?? [];
    const [payload] = activity?.heartbeatDetails?.payloads ?? [];
    const details = payload ? defaultPayloadConverter.fromPayload<Details>(payload) : undefined;
    return { attempt: activity?.attempt ?? 0, details };
  }

  it('submits once although the response is lost, and writes the run’s spec first', async () => {
    const runKey = rig.run();
    rig.proxy.inject('submitjob', faults.loseResponse, 1);
    rig.proxy.inject('listjobs', faults.noJobsListed, 3);
    const made = await (await submit(runKey)).result();
    const jobs = await rig.jobs(runKey);
    assert.deepEqual(made, { kind: 'adopted', jobId: jobs[0]?.jobId });
    assert.equal(jobs.length, 1);
    const spec = await rig.store.readJson<RunSpec>(rig.s3.buckets.runs, runObjects.spec(runKey));
    assert.equal(spec.limits.wallClockSeconds, 1_200, 'g4 is half as fast as p3, on which ten minutes are promised');
    assert.deepEqual([spec.instanceClass.isolation, spec.seal], ['gvisor', 'age1recipient']);
    assert.deepEqual([spec.args, 'paths' in spec], [['--in=/input', '/output/predictions.csv'], false]);
    const { timeout } = await rig.endpoint.describe(jobs[0]?.jobId ?? '');
    assert.equal(timeout?.attemptDurationSeconds, 1_200 + 3_600);
  });

  /** Fails the next SubmitJob as an address without a listener does. */
  function refuseConnection(): void {
    const { middlewareStack } = rig.clients.submitter;
    const name = 'refusedConnection';
    const refuse = (): never => {
      middlewareStack.remove(name);
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
    };
    middlewareStack.add(() => refuse, { name, step: 'build' });
  }

  it('waits for the list to settle after a SubmitJob that may have been accepted, and only then', async () => {
    const looks = async (runKey: string): Promise<number> => {
      rig.proxy.calls.length = 0;
      assert.equal((await (await submit(runKey)).result()).kind, 'submitted');
      assert.equal((await rig.jobs(runKey)).length, 1);
      return rig.proxy.count('listjobs');
    };
    refuseConnection();
    assert.equal(await looks(rig.run()), 2, 'one look for each attempt');
    rig.proxy.inject('submitjob', faults.serverError, 1);
    assert.equal(await looks(rig.run()), 7, 'the second attempt looks six times');
  });

  it('keeps a submission’s heartbeats going while Batch hangs', async () => {
    const runKey = rig.run();
    rig.proxy.inject('listjobs', faults.hang, 1);
    const handle = await submit(runKey);
    assert.equal((await handle.result()).kind, 'submitted');
    const history = await handle.fetchHistory();
    const started = history.events?.find((event) => event.activityTaskStartedEventAttributes);
    assert.equal(started?.activityTaskStartedEventAttributes?.attempt, 1, 'the hang was longer than the time-out');
  });

  it('gives up a run that Batch refuses, with Batch’s message; retries after throttling and server errors', async () => {
    const runKey = rig.run();
    rig.proxy.inject('submitjob', faults.denied);
    const refused = await (await submit(runKey)).result();
    assert.deepEqual(refused, { kind: 'refused', cause: 'Batch refuses the job: AccessDeniedException: injected' });
    assert.equal(await rig.claim(runKey), 'abandoned');
    const again = rig.run();
    rig.proxy.inject('submitjob', faults.throttled, 1);
    assert.equal((await (await submit(again)).result()).kind, 'submitted');
    const missing: unknown = await rig.submit(rig.run(), { queue: 'no-such-queue' }).catch(refusalOf);
    assert.ok(typeof missing === 'string');
    assert.match(missing, /^Batch refuses the job: ClientException: .*no-such-queue/);
  });

  it('submits with the newest revision, also if the one that it knew was replaced a moment ago', async () => {
    const revisionOf = async (runKey: string): Promise<number> => {
      const made = await (await submit(runKey)).result();
      assert.equal(made.kind, 'submitted');
      const { jobDefinition = '' } = await rig.endpoint.describe(made.jobId);
      return Number(jobDefinition.split(':').at(-1));
    };
    const known = await revisionOf(rig.run());
    const [g4] = frozenCampaign().instanceClasses;
    assert.ok(g4);
    const { jobDefinitionName, ...definition } = jobDefinition('holdout-runner', { kind: 'local' }, g4);
    const { revision } = await rig.endpoint.register(jobDefinitionName, definition);
    assert.ok(revision !== undefined && revision > known);
    rig.proxy.inject('submitjob', { kind: 'refuse', status: 400, type: 'ClientException' }, 1);
    assert.equal(await revisionOf(rig.run()), revision);
  });

  it('withdraws a run: returns the job that it has, or abandons the run if it has none', async () => {
    const withJob = rig.run({ slowStart: true });
    const jobId = await rig.submitted(withJob);
    rig.proxy.inject('submitjob', faults.serverError);
    assert.deepEqual(await (await submit(withJob, { withdraw: true })).result(), { kind: 'adopted', jobId });
    const withNone = rig.run();
    rig.proxy.inject('listjobs', faults.denied);
    assert.deepEqual(await (await submit(withNone, { withdraw: true })).result(), { kind: 'abandoned' });
    for (const runKey of [withJob, withNone]) assert.equal(await rig.claim(runKey), 'abandoned');
  });

  it('ends a run that was given up while Batch is unreachable: no job can begin it, or it has an outcome', async () => {
    const [idle, over] = [rig.run({ slowStart: true }), rig.run({ until: 'over' })];
    const handles = [];
    for (const runKey of [idle, over]) {
      const handle = await follow(runKey, await rig.submitted(runKey));
      await eventually('it is awaited', async () => (await pending(handle)).details?.status === 'RUNNING');
      handles.push(handle);
    }
    await rig.claimed(over);
    for (const operation of ['describejobs', 'listjobs', 'terminatejob', 'terminatejobs'] as const)
      rig.proxy.inject(operation, faults.denied);
    for (const handle of handles) await handle.cancel();
    rig.open('over');
    const ends = await Promise.all(handles.map((handle) => handle.result()));
    assert.deepEqual(
      ends.map(({ reason, billedSeconds }) => [reason, billedSeconds]),
      [
        ['cancelled', 0],
        [null, 13],
      ],
    );
    assert.equal(await rig.claim(idle), 'abandoned');
  });

  it('carries out canaries: one job each, a spec with the limits of the class, a record with verdict and cost', async () => {
    const { buckets } = rig.s3;
    const begin = (n: number): Promise<WorkflowHandle<typeof canary>> =>
      client.workflow.start<typeof canary>('canary', {
        workflowId: canaryWorkflowId('case', 'g4', n),
        taskQueue: taskQueues.main,
        args: [{ campaign: 'case', class: 'g4', n, reserved: 5, timings }],
      });
    const keyOf = (n: number): string => runKeyOf('case', canaryMember('g4'), n);
    rig.play(keyOf(1), { until: 'tried', end: 'error' });
    rig.play(keyOf(2), { end: 'error' });
    rig.play(keyOf(3), { slowStart: true });
    const [held, mute, unwanted] = [await begin(1), await begin(2), await begin(3)];
    await Promise.all([1, 2].map((n) => rig.claimed(keyOf(n))));
    await eventually('the third has a job', async () => (await rig.jobs(keyOf(3))).length === 1);
    const [job] = await rig.jobs(keyOf(1));
    const { timeout, tags } = await rig.endpoint.describe(job?.jobId ?? '');
    assert.deepEqual(
      [timeout?.attemptDurationSeconds, tags?.['holdout:campaign'], tags?.['holdout:submission']],
      [600, 'case', '_canary-g4'],
    );
    const spec = await rig.store.readJson<CanarySpec>(buckets.runs, runObjects.spec(keyOf(1)));
    assert.deepEqual(
      [spec.purpose, spec.limits.memoryMiB, spec.limits.wallClockSeconds, spec.instanceClass.name],
      ['canary', 256, 300, 'g4'],
    );
    const outcome = simulatedCanary(spec, job?.jobId ?? '', { startedAt: Date.now(), stoppedAt: Date.now() });
    await rig.store.write(buckets.runs, runObjects.outcome(keyOf(1)), JSON.stringify(outcome));
    rig.open('tried');
    await unwanted.cancel();
    const kinds = await Promise.all([held, mute, unwanted].map((handle) => handle.result()));
    assert.deepEqual(kinds, ['holds', 'no-outcome', 'no-outcome']);
    const records = await canariesOf({ store: rig.store, bucket: buckets.results }, 'case');
    assert.deepEqual(
      records.map(({ n, verdict }) => [n, verdict.kind === 'no-outcome' ? verdict.reason : verdict.kind]),
      [
        [1, 'holds'],
        [2, 'platform-error'],
        [3, 'cancelled'],
      ],
    );
    for (const { n, billedSeconds, costMicroUsd, jobId } of records) {
      const jobs = await rig.jobs(keyOf(n));
      assert.deepEqual(
        jobs.map((one) => one.jobId),
        [jobId],
      );
      assert.equal(costMicroUsd, Math.ceil((billedSeconds * 526_000) / 3_600));
    }
  });

  it('returns the end of a run as facts', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey);
    const { facts, ...end } = await (await follow(runKey, jobId)).result();
    const billedSeconds = billedFor(await rig.endpoint.describe(jobId));
    assert.deepEqual(end, {
      jobId,
      billedSeconds,
      costMicroUsd: Math.ceil((billedSeconds * 526_000) / 3_600),
      reason: null,
      rule: null,
      memoryLimitMiB: 256,
    });
    assert.deepEqual([facts?.end, facts?.exitCode, facts?.limitSeconds], ['exited', 0, 1_200]);
    const batch = await batchFieldsOf(jobId);
    assert.equal(batch.statusReason, 'Essential container in task exited');
    // The outcome has the exit of the submission; that of the runner means nothing beside it.
    assert.deepEqual(facts?.batch, { ...batch, exitCode: null, reason: null });
  });

  /** What the ledger keeps of a job, read from DescribeJobs without the product. */
  async function batchFieldsOf(jobId: string) {
    const { attempts, container } = await rig.endpoint.describe(jobId);
    const { container: last, statusReason, startedAt = 0, stoppedAt = 0 } = attempts?.at(-1) ?? {};
    const { logStreamName, containerInstanceArn, exitCode, reason = null } = last ?? {};
    assert.ok(logStreamName && containerInstanceArn && exitCode !== undefined, 'Batch shows place and exit of the job');
    assert.equal(container?.logStreamName, logStreamName);
    const [jobStartedAt, jobStoppedAt] = [startedAt, stoppedAt].map((at) => new Date(at).toISOString());
    return { statusReason, exitCode, reason, logStreamName, containerInstanceArn, jobStartedAt, jobStoppedAt };
  }

  it('keeps Batch’s words, exit code, log stream and machine of a run that left no outcome', async () => {
    const runKey = rig.run({ end: 'error' });
    const jobId = await rig.submitted(runKey);
    const reason = 'CannotStartContainerError: Error response from daemon';
    const change = (answer: Record<string, unknown>) => ({
      jobs: (answer['jobs'] as JobDetail[]).map((job) => ({
        ...job,
        attempts: job.attempts?.map((one) => ({ ...one, container: { ...one.container, reason } })),
      })),
    });
    rig.proxy.inject('describejobs', { kind: 'answer', change });
    const { facts, ...end } = await (await follow(runKey, jobId)).result();
    assert.deepEqual([end.reason, end.rule], ['platform-error', 'no-outcome']);
    const batch = await batchFieldsOf(jobId);
    assert.equal(batch.exitCode, 70);
    assert.deepEqual(facts?.batch, { ...batch, reason });
    assert.deepEqual([facts?.startedAt, facts?.stoppedAt], [batch.jobStartedAt, batch.jobStoppedAt]);
  });

  it('gives a run shared memory by the limits, or as much as its memory', async () => {
    for (const moreSharedMemory of [false, true]) {
      const runKey = rig.run();
      await (await submit(runKey, { moreSharedMemory })).result();
      const { limits } = await rig.store.readJson<RunSpec>(rig.s3.buckets.runs, runObjects.spec(runKey));
      assert.deepEqual([limits.memoryMiB, limits.sharedMemoryMiB], [256, moreSharedMemory ? 256 : 64]);
    }
  });

  it('shows the job in heartbeats, also while polls fail, and does not count it as lost then', async () => {
    const runKey = rig.run({ until: 'polls-work' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId);
    await eventually('RUNNING in the details', async () => (await pending(handle)).details?.status === 'RUNNING');
    rig.proxy.inject('describejobs', faults.serverError);
    const failed = rig.failedPolls.length;
    await eventually('polls fail', () => rig.failedPolls.length > failed);
    await delay(2 * timings.awaitHeartbeatTimeout);
    const { attempt, details } = await pending(handle);
    assert.equal(attempt, 1);
    assert.deepEqual(details, { jobId, status: 'RUNNING', lastPolledAt: rig.poller.lastPolledAt });
    assert.ok(Date.now() - Date.parse(details.lastPolledAt ?? '') > 2_000, 'the last poll is not recent');
    rig.proxy.lift('describejobs');
    rig.open('polls-work');
    assert.equal((await handle.result()).reason, null);
  });

  it('leaves the job running when the worker shuts down; the next worker finds its end', async () => {
    const runKey = rig.run({ until: 'next-worker' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId);
    await rig.claimed(runKey);
    await eventually('it is awaited', async () => (await pending(handle)).details !== undefined);
    await stopWorkers();
    assert.equal((await rig.endpoint.describe(jobId)).status, 'RUNNING');
    await startWorkers();
    await eventually('the next attempt', async () => (await pending(handle)).attempt >= 2);
    rig.open('next-worker');
    assert.equal((await handle.result()).reason, null);
    assert.equal(rig.proxy.count('terminatejob', jobId), 0);
    assert.equal((await rig.jobs(runKey)).length, 1);
  });

  it('reports on SIGTERM what it has seen since its last heartbeat', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    // The SDK sends at most one heartbeat in four fifths of the time-out.
    const handle = await follow(runKey, jobId, {}, { ...timings, awaitHeartbeatTimeout: 60_000 });
    await rig.claimed(runKey);
    const polled = async (): Promise<string | undefined> => (await pending(handle)).details?.lastPolledAt ?? undefined;
    await eventually('it is awaited', async () => (await polled()) !== undefined);
    const reported = await polled();
    await delay(1_000);
    assert.equal(await polled(), reported, 'it has sent no other heartbeat');
    await stopWorkers();
    const { attempt, details } = await pending(handle);
    assert.equal(attempt, 2);
    const later = Date.parse(details?.lastPolledAt ?? '') - Date.parse(reported ?? '');
    assert.ok(later >= 500, `${later} ms later`);
    await startWorkers();
    await handle.cancel();
    assert.equal((await handle.result()).reason, 'cancelled');
  });

  it('terminates the job on a cancellation and returns its cost, even if that takes several attempts', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId);
    await rig.claimed(runKey);
    // More than the SDK's own attempts.
    rig.proxy.inject('terminatejob', faults.serverError, 7);
    await handle.cancel();
    const end = await handle.result();
    const billedSeconds = billedFor(await rig.endpoint.describe(jobId));
    assert.deepEqual([end.reason, end.rule, end.billedSeconds], ['cancelled', 'stopped-from-outside', billedSeconds]);
  });

  it('terminates a job whose submission was cancelled before the job was awaited', async () => {
    const runKey = rig.run({ slowStart: true });
    const jobId = await rig.submitted(runKey);
    const end = await (await follow(runKey, jobId, { giveUp: true })).result();
    assert.deepEqual([end.reason, end.rule], ['cancelled', 'no-outcome']);
    assert.equal(await rig.claim(runKey), 'abandoned');
    assert.deepEqual(rig.ran(runKey), []);
  });

  it('takes the reason of a run that was stopped from outside from its job’s fate', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId);
    await rig.claimed(runKey);
    const reason = 'Host EC2 (instance i-0123456789abcdef0) terminated.';
    await rig.endpoint.client.send(new TerminateJobCommand({ jobId, reason }));
    const end = await handle.result();
    assert.deepEqual([end.reason, end.rule], ['spot-reclaimed', 'stopped-from-outside']);
  });

  it('ends a run whose job no machine can take as the platform’s fault, in Batch’s words, at no cost', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey, 'holdout-p3');
    const words = 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement is too high';
    const change = (answer: Record<string, unknown>) => ({
      jobs: (answer['jobs'] as { status: string }[]).map((job) =>
        job.status === 'RUNNABLE' ? { ...job, statusReason: words } : job,
      ),
    });
    rig.proxy.inject('describejobs', { kind: 'answer', change });
    const { reason, cause, costMicroUsd } = await (await follow(runKey, jobId, { class: 'p3' })).result();
    assert.deepEqual([reason, cause, costMicroUsd], ['platform-error', `Batch cannot place the job: ${words}`, 0]);
  });

  it('remembers across attempts since when a job is RUNNABLE', async () => {
    const runKey = rig.run();
    const handle = await follow(runKey, await rig.submitted(runKey, 'holdout-p3'), { class: 'p3' });
    const since = async (): Promise<number | undefined> => (await pending(handle)).details?.runnableSince;
    await eventually('it is RUNNABLE', async () => (await since()) !== undefined);
    const first = await since();
    await stopWorkers();
    const restarted = Date.now();
    await startWorkers();
    // The server shows the last attempt's details until the next one has a heartbeat.
    await eventually('the next attempt has polled', async () => {
      const { attempt, details } = await pending(handle);
      return attempt >= 2 && details?.status === 'RUNNABLE' && Date.parse(details.lastPolledAt ?? '') > restarted;
    });
    assert.equal(await since(), first);
    await handle.cancel();
    assert.equal((await handle.result()).reason, 'cancelled');
  });

  it('leaves a job behind that Batch refuses to end, names it and counts the worst case', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId);
    await rig.claimed(runKey);
    // The worker may end it together with a job that an earlier test left behind.
    for (const operation of ['terminatejob', 'terminatejobs'] as const) rig.proxy.inject(operation, faults.denied);
    const began = Date.now();
    await handle.cancel();
    const end = await handle.result();
    assert.ok(Date.now() - began < 20_000);
    const cause = `job ${jobId} may still be running: Batch refuses to end it: AccessDeniedException: injected`;
    assert.deepEqual([end.reason, end.cause, end.billedSeconds], ['cancelled', cause, 4_800]);
  });

  it('leaves a job behind while Batch does not respond, and ends it once it does', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId);
    await rig.claimed(runKey);
    for (const operation of ['describejobs', 'listjobs', 'terminatejob', 'terminatejobs'] as const)
      rig.proxy.inject(operation, faults.hang);
    const began = Date.now();
    await handle.cancel();
    const end = await handle.result();
    assert.ok(Date.now() - began < 20_000, `${Date.now() - began} ms`);
    const cause = `job ${jobId} may still be running: Batch does not respond`;
    assert.deepEqual([end.reason, end.cause, end.billedSeconds], ['cancelled', cause, 4_800]);
    rig.proxy.reset();
    await eventually('it ends', async () => (await rig.endpoint.describe(jobId)).status === 'FAILED', {
      withinMs: 60_000,
    });
  });

  it('says that S3 keeps a run from being given up, does not blame Batch, and ends it once S3 responds', async () => {
    // The campaign's workflow, which only has to exist.
    const held = rig.run({ until: 'never' });
    const order = { ...orderOf(held), jobId: await rig.submitted(held), giveUp: false };
    const campaign = await client.workflow.start<typeof awaitRun>('awaitRun', {
      workflowId: campaignWorkflowId('case'),
      taskQueue: taskQueues.main,
      args: [order, timings],
    });
    const reports = async (): Promise<StuckReport[]> => {
      const { events } = await campaign.fetchHistory();
      const signals = events?.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal ?? []) ?? [];
      return signals.flatMap(({ input }) =>
        input?.payloads?.[0] ? [defaultPayloadConverter.fromPayload<StuckReport>(input.payloads[0])] : [],
      );
    };
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId, { sequence: 1 } as object);
    await rig.claimed(runKey);
    const denied = Object.assign(new Error('Access Denied'), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    const { store } = rig;
    try {
      store.writeIfAbsent = () => Promise.reject(denied);
      await handle.cancel();
      const refused = /^S3: AccessDenied: Access Denied$/;
      await eventually('S3 refuses', async () => refused.test((await reports()).at(-1)?.stuck?.cause ?? ''));
      const isEnded = async (): Promise<boolean> => (await rig.endpoint.describe(jobId)).status === 'FAILED';
      await eventually('its job ends without S3', isEnded);
      // Longer than an outage of Batch is waited out.
      store.writeIfAbsent = () => new Promise(() => undefined);
      const silent = async (): Promise<boolean> => (await reports()).at(-1)?.stuck?.cause === 'S3 does not respond';
      await eventually('S3 does not respond', silent, { withinMs: 90_000 });
    } finally {
      Reflect.deleteProperty(store, 'writeIfAbsent');
    }
    const end = await handle.result();
    assert.deepEqual([end.reason, end.cause], ['cancelled', undefined]);
    assert.equal((await reports()).at(-1)?.stuck, null);
    await campaign.cancel();
    await campaign.result();
  });

  it('ends the job of a run that is given up while S3 does not respond', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    const handle = await follow(runKey, jobId);
    await rig.claimed(runKey);
    const { store } = rig;
    try {
      store.writeIfAbsent = () => new Promise(() => undefined);
      await handle.cancel();
      const isEnded = async (): Promise<boolean> => (await rig.endpoint.describe(jobId)).status === 'FAILED';
      await eventually('it ends', isEnded, { withinMs: 25_000 });
    } finally {
      Reflect.deleteProperty(store, 'writeIfAbsent');
    }
    const { reason, costMicroUsd } = await handle.result();
    assert.deepEqual([reason, costMicroUsd > 0], ['cancelled', true]);
  });

  it('counts the worst case for a run of unknown cost', async () => {
    const runKey = rig.run({ until: 'never' });
    const jobId = await rig.submitted(runKey);
    await rig.claimed(runKey);
    rig.proxy.inject('describejobs', faults.noJobsDescribed);
    rig.proxy.inject('listjobs', faults.noJobsListed);
    // The worker may end it together with a job that an earlier test left behind.
    for (const operation of ['terminatejob', 'terminatejobs'] as const) rig.proxy.inject(operation, faults.unknownJob);
    const end = await (await follow(runKey, jobId)).result();
    assert.deepEqual([end.reason, end.rule], ['platform-error', 'no-outcome']);
    assert.deepEqual([end.billedSeconds, end.costMicroUsd], [4_800, Math.ceil((4_800 * 526_000) / 3_600)]);
  });
});

interface Details {
  jobId: string;
  status: string;
  lastPolledAt: string | null;
  runnableSince?: number;
}
