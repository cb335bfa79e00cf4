/** Every activity on a real worker with real S3, Batch and Temporal, and stand-ins for the submissions' workflows. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { SubmissionReport } from '../../src/campaign/model/messages.ts';
import { submissionWorkflowId, taskQueues } from '../../src/ids.ts';
import { ImageStore } from '../../src/images/store/image-store.ts';
import { FrozenReader } from '../../src/ledger/frozen-reader.ts';
import { SealKeys } from '../../src/sealing/seal-keys.ts';
import { loadSettings } from '../../src/settings.ts';
import { embeddedTimings, type Timings } from '../../src/timings.ts';
import { searchAttributes } from '../../src/workflows/search-attributes.ts';
import { BatchRig, pollMs } from '../batch/batch-rig.ts';
import { ResultsBucket } from '../ledger/store-rig.ts';
import { eventually } from '../support/eventually.ts';
import { inContext } from './in-context.ts';
import { startTemporalServer, type TemporalServer } from '../support/servers/temporal-server.ts';
import type { callOne, StandIn, submission } from './workflows.ts';

const timings: Timings = { ...embeddedTimings, poll: pollMs, listSettle: 500 };

type Handle = WorkflowHandle<typeof submission>;

/** Bundled once for all suites of the process: it takes seconds. */
let workflows: Promise<WorkflowBundle> | undefined;

export class ActivityRig {
  /** Messages that campaigns received. */
  readonly reports: SubmissionReport[] = [];
  readonly results: ResultsBucket;
  /** Callable without a worker. */
  readonly activities: Activities;
  private readonly bound: Activities;
  private readonly folder = mkdtempSync(join(tmpdir(), 'activity-rig-'));
  /** Where the scorer looks for identities. */
  readonly sealKeysFolder = join(this.folder, 'seal-keys');
  private running: Promise<unknown> = Promise.resolve();
  private workers: Worker[] = [];

  private constructor(
    readonly batch: BatchRig,
    private readonly server: TemporalServer,
    readonly client: Client,
    private readonly native: NativeConnection,
    imageStore: string | undefined,
  ) {
    const { store, s3, dependencies } = batch;
    this.results = new ResultsBucket(store, s3.buckets.results);
    this.bound = createActivities({
      ...dependencies,
      settings: { ...loadSettings({}), timings },
      buckets: s3.buckets,
      store,
      results: this.results,
      images: new ImageStore(imageStore ?? `oci:${join(this.folder, 'images')}`),
      workflows: client.workflow,
      frozen: new FrozenReader(this.results),
      sealKeys: new SealKeys(this.sealKeysFolder),
      report: (_, report) => Promise.resolve(void this.reports.push(report)),
    });
    this.activities = inContext(this.bound);
  }

  /** Starts a rig; the environment of the process points to it until {@link stop}. The image store is a folder by default. */
  static async start(imageStore?: string): Promise<ActivityRig> {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    workflows ??= bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    const [batch, server, workflowBundle] = await Promise.all([BatchRig.enter(), startTemporalServer(), workflows]);
    const { address } = server;
    const client = new Client({ connection: await Connection.connect({ address }) });
    const rig = new ActivityRig(batch, server, client, await NativeConnection.connect({ address }), imageStore);
    await rig.work(workflowBundle);
    return rig;
  }

  async stop(): Promise<void> {
    this.batch.leave();
    try {
      for (const worker of this.workers) worker.shutdown();
      await this.running;
      await this.native.close();
      await this.client.connection.close();
    } finally {
      await this.server.stop();
      rmSync(this.folder, { recursive: true });
    }
  }

  private async work(workflowBundle: WorkflowBundle): Promise<void> {
    const { native: connection, bound: activities } = this;
    const make = (taskQueue: string): Promise<Worker> =>
      Worker.create({ connection, taskQueue, activities, workflowBundle, shutdownGraceTime: 0 });
    this.workers = await Promise.all([taskQueues.main, taskQueues.submit, taskQueues.await].map(make));
    this.running = Promise.all(this.workers.map((worker) => worker.run()));
  }

  /** Runs one activity as a worker does. */
  call<Name extends keyof Activities>(
    name: Name,
    input: Parameters<Activities[Name]>[0],
  ): ReturnType<Activities[Name]> {
    return this.client.workflow.execute<typeof callOne>('callOne', {
      workflowId: randomUUID(),
      taskQueue: taskQueues.main,
      args: [name, input],
    }) as ReturnType<Activities[Name]>;
  }

  /** Starts the workflow of a round that runs these orders and then waits; returns once Temporal's list shows it. */
  async open(input: StandIn): Promise<Handle> {
    const workflowId = submissionWorkflowId(input.campaign, input.submission);
    const handle = await this.client.workflow.start<typeof submission>('submission', {
      workflowId,
      taskQueue: taskQueues.main,
      args: [{ ...input, timings }],
      typedSearchAttributes: [{ key: searchAttributes.campaign, value: input.campaign }],
    });
    const query = `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Running'`;
    await eventually('the list shows it', async () => (await this.client.workflow.count(query)).count === 1);
    return handle;
  }

  /** Terminates a round's workflow as an operator does in the Web UI. */
  async terminate(handle: Handle): Promise<void> {
    await handle.terminate('by mistake');
    const query = `WorkflowId = '${handle.workflowId}' AND ExecutionStatus = 'Running'`;
    await eventually('the list shows it no more', async () => (await this.client.workflow.count(query)).count === 0);
  }
}
