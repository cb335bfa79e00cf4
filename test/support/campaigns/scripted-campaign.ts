import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { build } from '../../../scripts/build.mjs';
import type { AwaitOrder } from '../../../src/activities/await-batch-job.ts';
import { runningCanaries } from '../../../src/activities/canaries/running-canaries.ts';
import type { Activities } from '../../../src/activities/index.ts';
import { workOf } from '../../../src/activities/open-campaign.ts';
import { reportOf, type SubmissionResult } from '../../../src/activities/record-result.ts';
import { isRunning, notRunning, runningRounds } from '../../../src/activities/running-workflows.ts';
import type { SubmittedRun } from '../../../src/activities/jobs/submitted-runs.ts';
import { wasCancelled } from '../../../src/activities/was-cancelled.ts';
import { reportFailure } from '../../../src/activities/report-stuck.ts';
import type { Submitted } from '../../../src/batch/submit-once.ts';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import { messageOf } from '../../../src/errors.ts';
import { campaignWorkflowId, taskQueues } from '../../../src/ids.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { embeddedTimings, type Timings } from '../../../src/timings.ts';
import { campaignStart } from '../../../src/client/operator/start-workflow.ts';
import { codecOptions } from '../../../src/codec/client-codec.ts';
import type { KeyRing } from '../../../src/codec/key-ring.ts';
import { authentication } from '../../../src/worker/authentication.ts';
import { workflowOptions } from '../../../src/worker/worker-build.ts';
import { submissionFinishedSignal } from '../../../src/workflows/signals-and-queries.ts';
import { failOnNondeterminism } from '../../../src/workflows/nondeterminism.ts';
import { ScriptedCanaries } from './scripted-canaries.ts';
import { ScriptedRounds } from './scripted-rounds.ts';
import { startTemporalServer, type TemporalServer } from '../servers/temporal-server.ts';
import { frozenCampaign } from './frozen-campaign.ts';
import type { RunEnd } from '../../../src/activities/run-end.ts';

/** The behaviour of a scripted run: a result, or a wait for cancellation. */
export type ScriptedRun = Partial<RunEnd> | 'until-cancelled' | 'worker-lost-while-cancelled' | 'fails-for-good';

/**
 * The real workflows on a real Temporal server with scripted activities, to produce rare results at will. `script` gives the
 * result of every run; by default all succeed.
 */
export class ScriptedCampaign {
  readonly rounds = new ScriptedRounds();
  readonly canaries = new ScriptedCanaries();
  readonly submitted: string[] = [];
  /** Runs whose job a reopened submission found. */
  readonly adopted: string[] = [];
  private readonly jobs = new Map<string, SubmittedRun & { by: string }>();
  /** Submitted runs with more shared memory. */
  readonly withMoreSharedMemory: string[] = [];
  /** The seconds that a probe measures on a class of speed 1. */
  secondsPerItem = 0.1;
  readonly refusedImages = new Set<string>();
  /** Images that a rule of the host refuses. */
  readonly imagesRefusedByHost = new Set<string>();
  /** Submissions on a base image whose probes fill the GPU. */
  readonly uselessProbes = new Set<string>();
  script: (order: AwaitOrder & { purpose: string }) => ScriptedRun = () => ({});
  /** Delays the end of a run. */
  holdRun: (order: AwaitOrder & { purpose: string }) => Promise<void> | undefined = () => undefined;
  /** A worker that died while it followed a run: no heartbeats, no end, no notice of a cancellation. */
  deadWorker: (order: AwaitOrder) => Promise<never> | undefined = () => undefined;
  /** Delays the submission of a run's job. */
  holdSubmit: (runKey: string) => Promise<void> | undefined = () => undefined;
  /** Delays an attempt to copy an image. */
  holdCopy: (tried: { submission: string; attempt: number }) => Promise<void> | undefined = () => undefined;
  /** Called when an image is copied; throws to make the copy fail. */
  copy: (submission: string) => void = () => undefined;
  /** Pause (ms) after this many attempts to copy an image; undefined: the workflow's own. */
  copyPause: (attempt: number) => number | undefined = () => undefined;
  /** Batch's response to a submit; throws to make it fail. Undefined: Batch creates the job. */
  submit: (runKey: string, withdraw: boolean) => Submitted | undefined = () => undefined;
  timings: Timings = embeddedTimings;
  /** Between two checks for lost reports, in ms. */
  reconcile = 500;
  /** Delays a check whether silent submissions still run. */
  holdLivenessCheck: (submissions: readonly string[]) => Promise<void> | undefined = () => undefined;
  /** Delays the end of a round's workflow after its report. */
  holdEnd: (result: SubmissionResult) => Promise<void> | undefined = () => undefined;
  /** Called when results are published; may delay that. */
  publish: () => void | Promise<void> = () => undefined;
  /** Called before an activity of the campaign itself; throws to make it fail. */
  beforeCampaignActivity: (activity: 'takeStock' | 'nextSubmissions') => void = () => undefined;
  /** Task queues of the activities that withdrew or ended runs, in order. */
  readonly queuesOfEnds: string[] = [];
  /** Jobs that were ended since their run could not be followed. */
  readonly endedJobs: string[] = [];
  /** Jobs whose end Batch does not take. */
  readonly refusesToEnd = new Set<string>();
  /** Runs that exceeded the slots of their class. */
  readonly overSlots: string[] = [];
  private readonly runningByClass = new Map<string, Set<string>>();
  frozen: FrozenCampaign = frozenCampaign();
  /** The keys with which payloads are sealed; undefined: they are plain. Set before {@link open}. */
  keys: KeyRing | undefined;
  /** The worker's log from warnings on. */
  readonly log: string[] = [];
  /** Ids of keys that ever sealed payloads of this namespace. */
  readonly registeredKeys = new Set<string>();
  server!: TemporalServer;
  private workers: Worker[] = [];
  private running: Promise<void>[] = [];
  private native!: NativeConnection;
  private bundle!: WorkflowBundleOption;
  client!: Client;

  get recorded(): SubmissionResult[] {
    return this.rounds.recorded;
  }

  set teams(teams: Record<string, string[]>) {
    this.rounds.teams = teams;
  }

  /** `settings`: dynamic configuration of the server. */
  async open(settings: Record<string, number> = {}): Promise<void> {
    const errors = new DefaultLogger('ERROR');
    const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
      this.log.push(message);
      errors.log(level, message, meta);
    });
    Runtime.install({ logger });
    this.server = await startTemporalServer(settings);
    await build();
    this.bundle = { codePath: join(projectRoot(), 'dist/workflows.js') };
    const connection = await Connection.connect({ address: this.server.address });
    this.client = new Client({ connection, ...codecOptions(this.keys) });
    this.native = await NativeConnection.connect({ address: this.server.address });
    await this.startWorkers();
  }

  /** Seals payloads from the next start of workers on. */
  seal(keys: KeyRing): void {
    this.keys = keys;
    this.client = new Client({ connection: this.client.connection, ...codecOptions(keys) });
  }

  /** Starts workers with the workflows of another module, given by its path from here. */
  async startWorkersWith(workflows: string): Promise<void> {
    const workflowsPath = fileURLToPath(new URL(workflows, import.meta.url));
    this.bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    await this.startWorkers();
  }

  /** Starts one more worker of the workflows, as a build of its own; `workflows` as above. Returns what stops it. */
  async startBuild(id: string, workflows: string): Promise<() => Promise<void>> {
    const workflowsPath = fileURLToPath(new URL(workflows, import.meta.url));
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    const folder = mkdtempSync(join(tmpdir(), 'holdout-build-'));
    const codePath = join(folder, 'workflows.js');
    writeFileSync(codePath, code);
    const worker = await Worker.create({
      connection: this.native,
      taskQueue: taskQueues.main,
      activities: this.activities(),
      workflowFailureErrorTypes: failOnNondeterminism,
      ...workflowOptions(codePath, id),
    });
    rmSync(folder, { recursive: true });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  }

  /** `mainLimits`: of the worker on the queue of the workflows. */
  async startWorkers(
    queues: readonly string[] = Object.values(taskQueues),
    mainLimits: Partial<WorkerOptions> = {},
  ): Promise<void> {
    this.workers = await Promise.all(
      queues.map((taskQueue) =>
        Worker.create({
          connection: this.native,
          taskQueue,
          activities: this.activities(),
          ...authentication(this.keys, join(projectRoot(), 'dist/failure-converter.cjs'), async (id) =>
            this.registeredKeys.has(id),
          ),
          ...(taskQueue === taskQueues.main && {
            ...mainLimits,
            workflowBundle: this.bundle,
            workflowFailureErrorTypes: failOnNondeterminism,
          }),
        }),
      ),
    );
    this.running = this.workers.map((worker) => worker.run());
  }

  async stopWorkers(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await Promise.all(this.running);
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await this.native.close();
    await this.client.connection.close();
    await this.server.stop();
  }

  /** Forgets everything that happened and every script. */
  reset(): void {
    this.rounds.reset();
    this.canaries.reset();
    this.submitted.length = 0;
    this.log.length = 0;
    this.adopted.length = 0;
    this.jobs.clear();
    this.withMoreSharedMemory.length = 0;
    this.secondsPerItem = 0.1;
    this.overSlots.length = 0;
    this.runningByClass.clear();
    this.refusedImages.clear();
    this.imagesRefusedByHost.clear();
    this.uselessProbes.clear();
    this.frozen = frozenCampaign();
    this.script = () => ({});
    this.holdRun = () => undefined;
    this.deadWorker = () => undefined;
    this.holdEnd = () => undefined;
    this.holdLivenessCheck = () => undefined;
    this.holdSubmit = () => undefined;
    this.copy = () => undefined;
    this.copyPause = () => undefined;
    this.holdCopy = () => undefined;
    this.submit = () => undefined;
    this.timings = embeddedTimings;
    this.reconcile = 500;
    this.publish = () => undefined;
    this.beforeCampaignActivity = () => undefined;
    this.queuesOfEnds.length = 0;
    this.endedJobs.length = 0;
    this.refusesToEnd.clear();
  }

  /** Starts the campaign `name`; set teams and script before. */
  async start(name: string) {
    this.frozen = { ...this.frozen, campaign: name };
    return this.client.workflow.start('campaign', campaignStart(this.frozen, this.keys !== undefined));
  }

  private activities(): Activities {
    return {
      ...this.canaries.activities(),
      takeStock: async ({ campaign }) => {
        this.beforeCampaignActivity('takeStock');
        const canaries = {
          ended: this.canaries.ended(campaign),
          running: await runningCanaries(this.dependencies, campaign),
        };
        return { ...this.rounds.takeStock(campaign, await runningRounds(this.dependencies, campaign)), canaries };
      },
      openCampaign: async ({ workLists }) => ({
        frozen: this.frozen,
        timings: { ...this.timings, reconcile: this.reconcile },
        work: workOf(this.frozen, workLists, this.rounds.work(workLists)),
      }),
      nextSubmissions: async ({ workLists, picks }) => {
        this.beforeCampaignActivity('nextSubmissions');
        return picks.map(({ team, index }) => {
          const row = this.rounds.work(workLists)[team];
          const round = row?.rounds[index - row.before];
          if (row === undefined || round === undefined) throw new RangeError(`team ${team} has no round ${index}`);
          return { team, teamName: row.teamName, teamId: row.team, ...round };
        });
      },
      takeRounds: async ({ workLists, added }) => this.rounds.takeRounds(this.frozen, workLists, added),
      findTeam: async ({ workLists, team }) => {
        const number = this.rounds.work(workLists).findIndex((row) => row.team === team);
        return number === -1 ? null : number;
      },
      recordActs: async ({ campaign, first, acts }) => {
        this.rounds.commands(campaign).splice(first - 1, acts.length, ...acts);
      },
      cancelQueued: async (choice) => this.rounds.cancelQueued(choice),
      endedAmong: async ({ campaign, submissions }) => {
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), 1_000);
        try {
          await this.holdLivenessCheck(submissions);
          return [...(await notRunning(this.dependencies, campaign, submissions))];
        } finally {
          clearInterval(beat);
        }
      },
      openSubmission: async ({ campaign, submission, sequence, reopens }) => {
        const records = this.rounds.recordsOf(submission);
        const before = records.filter((record) => record.sequence < sequence);
        const runs = before.flatMap((record) => record.runs);
        const evaluations = runs.filter(({ purpose }) => purpose === 'evaluation');
        const last = records.find((record) => record.sequence === sequence);
        const runsBefore = Math.max(0, ...runs.map(({ n }) => n));
        return {
          ...(reopens && { reopened: await this.leftBy(reopens, { campaign, submission, runsBefore }) }),
          final: last ? { version: 1, predecessor: null, ...last } : null,
          classes: this.frozen.instanceClasses,
          limits: this.frozen.limits,
          testItems: this.frozen.testSet.items,
          sampleItems: this.frozen.sampleSet?.items ?? null,
          runsBefore,
          evaluationsBefore: evaluations.length,
          lastGoodRun: evaluations.findLast(({ reason }) => reason === null)?.n ?? null,
          imageBefore: before.at(-1)?.image ?? null,
          timings: this.timings,
        };
      },
      pullImage: async (input) => {
        const { submission } = input;
        if (this.refusedImages.has(submission)) return { kind: 'refused', why: 'it is not an image' };
        if (this.imagesRefusedByHost.has(submission)) return { kind: 'refused', why: 'the scan', byHost: true };
        const { attempt } = Context.current().info;
        await this.holdCopy({ submission, attempt });
        try {
          this.copy(submission);
        } catch (error) {
          await reportFailure(this.dependencies, input, error);
          const nextRetryDelay = this.copyPause(attempt);
          throw ApplicationFailure.create({ message: messageOf(error), ...(nextRetryDelay && { nextRetryDelay }) });
        }
        return {
          kind: 'pulled',
          reference: `oci:/images/${submission}`,
          digest: 'sha256:0',
          base: null,
          probeInVain: this.uselessProbes.has(submission),
          withheld: [],
        };
      },
      submitBatchJob: async ({ withdraw = false, ...order }) => {
        const { campaign, submission, n, moreSharedMemory } = order;
        const runKey = `${campaign}/${submission}/${n}`;
        const { taskQueue, workflowExecution } = Context.current().info;
        const by = workflowExecution?.runId ?? '';
        if (withdraw) this.queuesOfEnds.push(taskQueue);
        if ((this.jobs.get(runKey)?.by ?? by) !== by) {
          this.adopted.push(runKey);
          return { kind: 'adopted', jobId: `job-${submission}-${n}` };
        }
        if (!withdraw) {
          this.submitted.push(runKey);
          this.jobs.set(runKey, { ...order, by });
        }
        if (moreSharedMemory) this.withMoreSharedMemory.push(runKey);
        await this.holdSubmit(runKey);
        const response = this.submit(runKey, withdraw);
        return response ?? (withdraw ? { kind: 'abandoned' } : { kind: 'submitted', jobId: `job-${submission}-${n}` });
      },
      awaitBatchJob: async (order) => {
        if (order.giveUp) this.queuesOfEnds.push(Context.current().info.taskQueue);
        await this.deadWorker(order);
        return this.withinSlots(order);
      },
      endJobs: async ({ submission, n, jobId }) => {
        this.endedJobs.push(jobId ?? `any of ${submission}/${n}`);
        return { mayStillRun: jobId === null || !this.refusesToEnd.has(jobId) ? [] : [jobId] };
      },
      probeGpuMemory: async () => ({
        usesGpu: true,
        gpuMemoryMiB: 10,
        saturating: false,
        device: { totalMiB: 48, peakMiB: 10, driver: 'emulated' },
        startUpSeconds: 0.5,
        secondsPerItem: this.secondsPerItem,
        measuredAtSpeed: 1,
        hostPeakMiB: 50,
        imageBytes: 1_000_000,
      }),
      scoreOutput: async ({ submission }) => ({ kind: 'scored', key: `scores/${submission}`, digest: 'd' }),
      recordResult: async (result) => this.record(result),
      reconcile: async ({ campaign, open }) => {
        for (const { submission, sequence } of open) {
          if (
            this.rounds.isFinal({ submission, sequence }) ||
            (await isRunning(this.dependencies, campaign, submission))
          )
            continue;
          const [state, reason] = ['failed', 'platform-error'] as const;
          const team = this.rounds.teamOf(submission);
          const rest = { detail: null, runs: [], score: null, image: null };
          this.recorded.push({ campaign, submission, team, sequence, state, reason, ...rest });
        }
        return this.recorded
          .filter((record) => open.some(({ submission }) => submission === record.submission))
          .map((record) => reportOf({ version: 1, predecessor: null, ...record }, []));
      },
      publishResults: async ({ campaign }) => {
        await this.publish();
        return { leaderboard: `${campaign}/leaderboard.csv`, results: '' };
      },
    };
  }

  private get dependencies() {
    return { workflows: this.client.workflow };
  }

  private async leftBy(before: string, round: { campaign: string; submission: string; runsBefore: number }) {
    const { campaign, submission, runsBefore } = round;
    const runs = [...this.jobs]
      .filter(([runKey, { n }]) => runKey === `${campaign}/${submission}/${n}` && n > runsBefore)
      .map(([, { n, purpose, class: name, moreSharedMemory, image }]) => ({
        n,
        purpose,
        moreSharedMemory,
        image,
        class: name,
      }));
    const cancelled = await wasCancelled(this.dependencies, { campaign, submission, before });
    return { runs, highest: runs.at(-1)?.n ?? runsBefore, cancelled };
  }

  private async record(result: SubmissionResult): Promise<void> {
    if (!this.rounds.isFinal(result)) this.recorded.push(result);
    const report = reportOf({ version: 1, predecessor: null, ...result }, []);
    await this.client.workflow.getHandle(campaignWorkflowId(result.campaign)).signal(submissionFinishedSignal, report);
    await this.holdEnd(result);
  }

  private async withinSlots(order: AwaitOrder): Promise<RunEnd> {
    const running = this.runningByClass.get(order.class) ?? new Set<string>();
    this.runningByClass.set(order.class, running.add(order.jobId));
    const slots = this.frozen.instanceClasses.find(({ name }) => name === order.class)?.slots ?? 0;
    if (running.size > slots) this.overSlots.push(order.jobId);
    const purpose = order.n === 1 && this.frozen.sampleSet ? 'probe' : 'evaluation';
    try {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 100);
      await Promise.race([this.holdRun({ ...order, purpose }), context.cancelled]).finally(() => clearInterval(beat));
      return await this.runEnd(order);
    } finally {
      running.delete(order.jobId);
    }
  }

  private async runEnd(order: AwaitOrder): Promise<RunEnd> {
    const end: RunEnd = {
      jobId: order.jobId,
      billedSeconds: 10,
      costMicroUsd: 1_000,
      reason: null,
      rule: null,
      memoryLimitMiB: 256,
    };
    const purpose = order.n === 1 && this.frozen.sampleSet ? 'probe' : 'evaluation';
    const scripted = this.script({ ...order, purpose });
    if (scripted === 'fails-for-good') throw ApplicationFailure.nonRetryable('no such bucket', 'BROKEN');
    if (typeof scripted === 'object') return { ...end, ...scripted };
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 100);
    if (!order.giveUp) await context.cancelled.catch(() => undefined);
    clearInterval(beat);
    if (scripted === 'worker-lost-while-cancelled' && !order.giveUp) throw new Error('the worker went away');
    return { ...end, reason: 'cancelled' };
  }
}
