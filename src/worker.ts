import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from './activities/index.ts';
import type { Dependencies } from './activities/dependencies.ts';
import { openBatchClients } from './batch/batch-clients.ts';
import { checkWorker, takesNoTasks } from './cloud-checks/check-worker.ts';
import { checkNamespace } from './cloud-checks/namespace.ts';
import { codecOptions } from './codec/client-codec.ts';
import { keysOf, type KeyRing } from './codec/key-ring.ts';
import { checkAndRegisterKeys, checkKeys, RegisteredKeys } from './codec/registered-keys.ts';
import { JobDefinitionRevisions } from './batch/definitions/newest-revision.ts';
import { JobEnder } from './batch/job-ender.ts';
import { JobPoller } from './batch/job-poller.ts';
import { HoldoutError, messageOf, holdoutError } from './errors.ts';
import { campaignWorkflowId, taskQueues, type TaskQueueName } from './ids.ts';
import { ImageStore } from './images/store/image-store.ts';
import { FrozenReader } from './ledger/frozen-reader.ts';
import { checkCampaigns } from './worker/check-campaigns.ts';
import { checkImageTools } from './worker/check-image-tools.ts';
import { checkSealKeys } from './worker/check-seal-keys.ts';
import { ObjectStore } from './s3/object-store.ts';
import { SealKeys } from './sealing/seal-keys.ts';
import { bucketsOf, defaultTemporalAddress, loadSettings, type Settings } from './settings.ts';
import { submissionFinishedSignal } from './workflows/signals-and-queries.ts';
import { authentication } from './worker/authentication.ts';
import { ShownLog } from './worker/shown-log.ts';
import { findOrphans } from './worker/metrics/find-orphans.ts';
import { OrphanWatch } from './worker/metrics/orphan-watch.ts';
import { serveMetrics } from './worker/metrics/serve-metrics.ts';
import { WorkerMetrics } from './worker/metrics/worker-metrics.ts';
import { maxHeartbeatThrottleInterval } from './worker/heartbeat-throttle.ts';
import { queueLimits } from './worker/queue-limits.ts';
import { queuesFrom } from './worker/queues-option.ts';
import { runInLog } from './worker/run-in-log.ts';
import { installRuntime } from './worker/runtime.ts';
import { activitySpans } from './worker/tracing/activity-spans.ts';
import type { Tracing } from './worker/tracing/open-tracing.ts';
import { buildIdFrom, workflowOptions } from './worker/worker-build.ts';
import { WorkflowRuns } from './worker/workflow-runs.ts';
import { failOnNondeterminism } from './workflows/nondeterminism.ts';

const log = pino({ name: 'holdout-worker' });

/** A worker process: polls the queues of `--queues main,images,…` (default: all) until SIGTERM, as the build of `--build ID`. */
async function run(): Promise<void> {
  // Without HOLDOUT_STACK the defaults would mix the embedded Temporal with the operator's AWS account.
  const stack = process.env['HOLDOUT_STACK'];
  if (stack !== 'remote' && stack !== 'embedded') throw holdoutError('STACK_UNNAMED', { given: stack });
  const given = parseArgs({ options: { queues: { type: 'string' }, build: { type: 'string' } } }).values;
  const queues = queuesFrom(given.queues);
  const build = buildIdFrom(given.build, process.env['HOLDOUT_BUILD_ID']);
  const settings = loadSettings();
  const { metrics, store, frozen, runs, shown } = await openSources(settings);
  const keys = keysOf(settings);
  await checkWorker(queues, settings);
  if (queues.includes('images')) await checkImageTools(process.env['HOLDOUT_SCRATCH'] ?? tmpdir());
  const { connection, client } = await connect(keys);
  const { namespace } = client.options;
  await checkNamespace(client, takesNoTasks);
  const deps = dependencies(client, store, frozen, metrics);
  if (queues.includes('main')) metrics?.followCampaigns(client, orphanWatch(deps, shown));
  // The scorer may not write the list of keys.
  await (queues.includes('main') ? checkAndRegisterKeys : checkKeys)(deps.results, namespace, keys);
  if (keys === undefined) log.warn('payloads in Temporal are plain: HOLDOUT_CODEC_KEYS is not set, see docs/codec.md');
  if (queues.includes('score')) await checkSealKeys(deps);
  await checkCampaigns(client.workflow, frozen);
  const activities = createActivities(deps);
  const registered = new RegisteredKeys(deps.results, namespace);
  const failureConverter = fileURLToPath(new URL('failure-converter.cjs', import.meta.url));
  const sealed = authentication(keys, failureConverter, (id) => registered.has(id));
  const tracing = settings.traces ? await tracesTo(settings.traces) : undefined;
  const outermost = [runInLog(runs), ...(tracing ? [activitySpans(tracing.tracer, shown)] : [])];
  const interceptors = { activity: [...outermost, ...(sealed.interceptors?.activity ?? [])] };
  const common = { connection, namespace, activities, ...sealed, interceptors };
  const workers = await Promise.all(queues.map((queue) => Worker.create({ ...common, ...optionsOf(queue, build) })));
  const running = workers.map((worker) => worker.run());
  log.info({ queues, ...(build !== undefined && { build }) }, 'polling');
  const ready = process.env['HOLDOUT_READY_FILE'];
  if (ready) await writeFile(ready, String(process.pid));
  try {
    await Promise.all(running);
  } finally {
    deps.poller.stop();
    await tracing?.close();
    await connection.close();
  }
}

/** What differs by queue, and when a worker stops. */
const optionsOf = (queue: TaskQueueName, build: string | undefined) => ({
  taskQueue: taskQueues[queue],
  shutdownGraceTime: '5 seconds' as const,
  shutdownForceTime: '30 seconds' as const,
  maxHeartbeatThrottleInterval,
  ...(queue === 'main' && {
    ...workflowOptions(fileURLToPath(new URL('workflows.js', import.meta.url)), build),
    workflowFailureErrorTypes: failOnNondeterminism,
  }),
  ...queueLimits[queue],
});

/** Opens what is read and shown from the first line on, and installs Temporal's runtime. Throws METRICS_UNAVAILABLE. */
async function openSources(settings: Settings) {
  const metrics = settings.metrics && new WorkerMetrics();
  if (metrics && settings.metrics) await serveMetrics(metrics, settings.metrics);
  const store = new ObjectStore(settings, {}, metrics?.onCall);
  const frozen = new FrozenReader({ store, bucket: bucketsOf(settings).results });
  const runs = new WorkflowRuns();
  const shown = new ShownLog(frozen, runs);
  installRuntime(log, shown, settings.metrics);
  return { metrics, store, frozen, runs, shown };
}

/** Connects as worker and as client. Throws TEMPORAL_UNREACHABLE. */
async function connect(keys: KeyRing | undefined): Promise<{ connection: NativeConnection; client: Client }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const unreachable = (error: unknown): never => {
    const address = connectionOptions.address ?? defaultTemporalAddress;
    throw holdoutError('TEMPORAL_UNREACHABLE', { address, cause: messageOf(error) }, error);
  };
  const connection = await NativeConnection.connect(connectionOptions).catch(unreachable);
  const ofClient = await Connection.connect(connectionOptions).catch(unreachable);
  return { connection, client: new Client({ connection: ofClient, namespace, ...codecOptions(keys) }) };
}

function dependencies(
  client: Client,
  store: ObjectStore,
  frozen: FrozenReader,
  metrics: WorkerMetrics | undefined,
): Dependencies {
  const settings = loadSettings();
  const buckets = bucketsOf(settings);
  const results = { store, bucket: buckets.results };
  const clients = openBatchClients({ onCall: metrics?.onCall });
  const poller = new JobPoller(clients.batch, settings.timings.poll, (error) =>
    log.warn({ err: error }, 'a poll of Batch failed'),
  );
  metrics?.followPoller(poller);
  return {
    settings,
    buckets,
    store,
    runs: { store, bucket: buckets.runs },
    results,
    ...clients,
    poller,
    definitions: new JobDefinitionRevisions(clients.batch, settings.jobDefinition),
    ender: new JobEnder(clients.batch),
    images: new ImageStore(settings.imageStore),
    workflows: client.workflow,
    frozen,
    sealKeys: new SealKeys(settings.sealKeys),
    report: async (campaign, report) => {
      try {
        await client.workflow.getHandle(campaignWorkflowId(campaign)).signal(submissionFinishedSignal, report);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

/** The libraries are loaded only if they are wanted. */
async function tracesTo(url: string): Promise<Tracing> {
  const { openTracing } = await import('./worker/tracing/open-tracing.ts');
  return openTracing(url, (failure) =>
    failure === null
      ? log.info('traces are exported again')
      : log.warn({ err: failure }, 'traces cannot be exported, and are lost'),
  );
}

const orphanWatch = (deps: Dependencies, shown: ShownLog): OrphanWatch =>
  new OrphanWatch(
    (campaign) => findOrphans(deps, campaign),
    deps.settings.timings.reconcile,
    (error, campaign) =>
      log.warn(shown.fields({ workflowId: campaignWorkflowId(campaign), error }), 'could not look for orphans'),
  );

run().then(
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof HoldoutError) process.stderr.write(`holdout: ${error.message}\n  → ${error.next}\n`);
    else log.fatal({ err: error }, 'the worker failed');
    process.exit(error instanceof HoldoutError && error.source === 'user' ? 2 : 1);
  },
);
