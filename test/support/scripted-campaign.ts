import { ApplicationFailure, Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import type { AwaitOrder, RunEnd } from '../../src/activities/await-batch-job.ts';
import type { Activities } from '../../src/activities/index.ts';
import type { SubmissionResult } from '../../src/activities/record-result.ts';
import type { FrozenCampaign } from '../../src/campaign/frozen-campaign.ts';
import { campaignWorkflowId, taskQueues } from '../../src/ids.ts';
import { embeddedTimings } from '../../src/settings.ts';
import { submissionFinishedSignal } from '../../src/workflows/messages.ts';
import { startTemporalServer, type TemporalServer } from './temporal-server.ts';
import { frozenCampaign } from './frozen-campaign.ts';

/** What a run of the script does: its end, or a wait for its cancellation. */
export type ScriptedRun = Partial<RunEnd> | 'until-cancelled' | 'worker-lost-while-cancelled' | 'fails-for-good';

/**
 * The real workflows on a real Temporal server; activities follow a script, so that rare ends can be had at will.
 * `script` answers for every run; by default all end well.
 */
export class ScriptedCampaign {
  readonly recorded: SubmissionResult[] = [];
  readonly submitted: string[] = [];
  readonly refusedImages = new Set<string>();
  script: (order: AwaitOrder & { purpose: string }) => ScriptedRun = () => ({});
  frozen: FrozenCampaign = frozenCampaign();
  teams: Record<string, string[]> = {};
  private server!: TemporalServer;
  private workers: Worker[] = [];
  private running: Promise<void>[] = [];
  private native!: NativeConnection;
  private bundle!: WorkflowBundle;
  client!: Client;

  async open(): Promise<void> {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    this.server = await startTemporalServer();
    this.bundle = await bundleWorkflowCode({
      workflowsPath: new URL('../../src/workflows/index.ts', import.meta.url).pathname,
      logger: new DefaultLogger('ERROR'),
    });
    this.client = new Client({ connection: await Connection.connect({ address: this.server.address }) });
    this.native = await NativeConnection.connect({ address: this.server.address });
    await this.startWorkers();
  }

  async startWorkers(): Promise<void> {
    this.workers = await Promise.all(
      Object.values(taskQueues).map((taskQueue) =>
        Worker.create({
          connection: this.native,
          taskQueue,
          activities: this.activities(),
          ...(taskQueue === taskQueues.main && { workflowBundle: this.bundle }),
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

  /** Starts the campaign `name`; teams and script are set before. */
  async start(name: string) {
    this.frozen = { ...this.frozen, campaign: name };
    return this.client.workflow.start('campaign', {
      workflowId: campaignWorkflowId(name),
      taskQueue: taskQueues.main,
      args: [{ campaign: name }],
    });
  }

  private activities(): Activities {
    return {
      openCampaign: async () => ({
        frozen: this.frozen,
        teams: Object.entries(this.teams).map(([team, submissions]) => [team, submissions.length]),
        timings: { ...embeddedTimings, reconcile: 500 },
      }),
      nextSubmissions: async ({ picks }) =>
        picks.map(({ team, index }) => ({ team, teamName: team, submission: this.teams[team]?.[index] ?? '' })),
      openSubmission: async ({ submission }) => {
        const last = this.recorded.find((record) => record.submission === submission);
        return {
          final: last ? { version: 1, predecessor: null, ...last } : null,
          classes: this.frozen.instanceClasses,
          limits: this.frozen.limits,
          testItems: this.frozen.testSet.items,
          sampleItems: this.frozen.sampleSet?.items ?? null,
          timings: embeddedTimings,
        };
      },
      pullImage: async ({ submission }) =>
        this.refusedImages.has(submission)
          ? { kind: 'refused', why: 'it is not an image' }
          : { kind: 'pulled', reference: `oci:/images/${submission}`, digest: 'sha256:0' },
      submitBatchJob: async ({ campaign, submission, n }) => {
        this.submitted.push(`${campaign}/${submission}/${n}`);
        return { kind: 'submitted', jobId: `job-${submission}-${n}` };
      },
      awaitBatchJob: async (order) => this.runEnd(order),
      probeGpuMemory: async () => ({
        usesGpu: true,
        gpuMemoryMiB: 10,
        saturating: false,
        secondsPerItem: 0.1,
        measuredAtSpeed: 1,
        hostPeakMiB: 50,
      }),
      scoreOutput: async ({ submission }) => ({ kind: 'scored', key: `scores/${submission}`, digest: 'd' }),
      recordResult: async (result) => {
        this.recorded.push(result);
        await this.client.workflow.getHandle(campaignWorkflowId(result.campaign)).signal(submissionFinishedSignal, {
          submission: result.submission,
          state: result.state,
          ...(result.reason && { reason: result.reason }),
          costMicroUsd: result.runs.reduce((sum, run) => sum + run.costMicroUsd, 0),
        });
      },
      reconcile: async () => [],
      publishResults: async ({ campaign }) => ({ leaderboard: `${campaign}/leaderboard.csv`, results: '' }),
    };
  }

  private async runEnd(order: AwaitOrder): Promise<RunEnd> {
    const end: RunEnd = {
      jobId: order.jobId,
      billedSeconds: 10,
      costMicroUsd: 1_000,
      reason: null,
      rule: null,
      doubtful: false,
      memoryLimitMiB: 256,
    };
    const purpose = order.n === 1 && this.frozen.sampleSet ? 'probe' : 'evaluation';
    const scripted = this.script({ ...order, purpose });
    if (scripted === 'fails-for-good') throw ApplicationFailure.nonRetryable('broken', 'BROKEN');
    if (typeof scripted === 'object') return { ...end, ...scripted };
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 100);
    if (!order.giveUp) await context.cancelled.catch(() => undefined);
    clearInterval(beat);
    if (scripted === 'worker-lost-while-cancelled' && !order.giveUp) throw new Error('the worker went away');
    return { ...end, reason: 'cancelled' };
  }
}
