/** A real S3 server and a real Batch endpoint behind a proxy that injects faults, and runners that follow a play. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { JobDetail, JobStatus, JobSummary } from '@aws-sdk/client-batch';
import { build } from 'esbuild';
import { openBatchClients, type BatchClients } from '../../src/batch/batch-clients.ts';
import { followRun, type FollowedRun, type FollowOrder } from '../../src/batch/follow-run.ts';
import { ensureJobDefinitions } from '../../src/batch/definitions/ensure-job-definitions.ts';
import { JobDefinitionRevisions } from '../../src/batch/definitions/newest-revision.ts';
import { JobEnder } from '../../src/batch/job-ender.ts';
import { JobPoller } from '../../src/batch/job-poller.ts';
import { jobsOfRun } from '../../src/batch/job-lists/run-jobs.ts';
import { submitOnce, type Submitted, type SubmitOrder } from '../../src/batch/submit-once.ts';
import { jobDefinitionOf } from '../../src/campaign/model/classes/job-definition-name.ts';
import { runObjects } from '../../src/object-keys.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { SealKeys } from '../../src/sealing/seal-keys.ts';
import { Rig, rigKey, tryKill } from '../local/batch-endpoint/endpoint-rig.ts';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/servers/fault-proxy.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { ownerAccount, startS3Server, type S3Server } from '../support/servers/s3-server.ts';

/** What a runner does. {@link BatchRig.open} makes the files that it waits for. */
export interface Play {
  /** The job does not claim before the file `go.<job id>` exists, like one that starts slowly. */
  slowStart?: true;
  /** After the claim it runs until this file exists. */
  until?: string;
  /** `error`: exit 70 without an outcome. */
  end?: 'error';
}

export const pollMs = 50;
/** How long a client waits for a response (ms); long enough for a busy machine. */
const responseTimeoutMs = 2_000;

/** A run that is being followed, and the two ways to interrupt that. */
export interface Following {
  end: Promise<FollowedRun>;
  giveUp: AbortController;
  leave: AbortController;
  seen: JobDetail[];
}

interface Servers {
  s3: S3Server;
  endpoint: Rig;
}

/** The servers of all suites of the process: starting them takes seconds. */
let servers: Promise<Servers> | undefined;
after(async () => {
  if (servers === undefined) return;
  const { s3, endpoint } = await servers;
  await endpoint.stop('SIGKILL');
  killJobs(endpoint);
  await endpoint.remove();
  await s3.stop();
});

/** No two suites have a run in common. */
let sequence = 0;

/**
 * The rig of one suite. Proxy and clients are its own: what an earlier suite left behind goes on in the background, and would
 * take injected faults or be gathered with the calls of this suite.
 */
export class BatchRig {
  readonly failedPolls: unknown[] = [];
  readonly store: ObjectStore;
  readonly clients: BatchClients;
  readonly poller: JobPoller;
  readonly ender: JobEnder;

  private constructor(
    readonly s3: S3Server,
    readonly endpoint: Rig,
    readonly proxy: FaultProxy,
    private readonly ambient: NodeJS.ProcessEnv,
  ) {
    // Clients read the environment when they are used for the first time.
    this.store = new ObjectStore({ s3PathStyle: true });
    this.clients = openBatchClients({ idleLimitMs: responseTimeoutMs, callsPerSecond: 1_000 });
    this.ender = new JobEnder(this.clients.batch);
    this.poller = new JobPoller(this.clients.batch, pollMs, (error) => this.failedPolls.push(error));
  }

  /** A rig, with the environment of the process pointing to it until {@link leave}. */
  static async enter(): Promise<BatchRig> {
    const ambient = process.env;
    const { s3, endpoint } = await (servers ??= startServers());
    const proxy = new FaultProxy(() => endpoint.url);
    await proxy.start();
    const rig = new BatchRig(s3, endpoint, proxy, ambient);
    process.env = { ...ambient, ...s3.environment, AWS_ENDPOINT_URL_BATCH: proxy.endpoint };
    await ensureJobDefinitions(
      rig.clients.batch,
      'holdout-runner',
      { kind: 'local' },
      frozenCampaign().instanceClasses,
    );
    return rig;
  }

  /** Ends running jobs, which would take slots from the next suite. */
  leave(): void {
    process.env = this.ambient;
    this.poller.stop();
    this.clients.batch.destroy();
    this.clients.submitter.destroy();
    this.proxy.stop();
    killJobs(this.endpoint);
  }

  get dependencies() {
    const { store, clients, poller, ender, s3 } = this;
    const definitions = new JobDefinitionRevisions(clients.batch, 'holdout-runner');
    const sealKeys = new SealKeys(undefined);
    return { ...clients, poller, ender, definitions, sealKeys, runs: { store, bucket: s3.buckets.runs } };
  }

  /** A new run whose jobs follow this play. */
  run(play: Play = {}): string {
    sequence += 1;
    const runKey = `case/s-${sequence}/1`;
    this.play(runKey, play);
    return runKey;
  }

  /** Sets the play of a run's jobs. */
  play(runKey: string, play: Play): void {
    writeFileSync(join(this.endpoint.folder, `play.${runKey.replaceAll('/', '_')}`), JSON.stringify(play));
  }

  /** Makes a file that plays wait for. */
  open(name: string): void {
    writeFileSync(join(this.endpoint.folder, name), '');
  }

  submit(runKey: string, { listSettle = 0, queue = 'holdout-g4' } = {}): Promise<Submitted> {
    const jobDefinition = jobDefinitionOf('holdout-runner', queue.replace('holdout-', ''));
    const order: SubmitOrder = { runKey, queue, jobDefinition, timeoutSeconds: 600 };
    return submitOnce(this.dependencies, order, { listSettle, wait: (ms) => delay(ms) });
  }

  /** Submits a run whose first attempt succeeds. */
  async submitted(runKey: string, queue = 'holdout-g4'): Promise<string> {
    const made = await this.submit(runKey, { queue });
    assert.equal(made.kind, 'submitted');
    return made.jobId;
  }

  follow(runKey: string, jobId: string, change: Partial<FollowOrder> = {}): Following {
    const [giveUp, leave, seen] = [new AbortController(), new AbortController(), [] as JobDetail[]];
    const order = { runKey, jobId, queue: 'holdout-g4', runnableLimitSeconds: 3600, ...change };
    const onPoll = (job: JobDetail): void => void seen.push(job);
    const end = followRun(this.dependencies, order, { giveUp: giveUp.signal, leave: leave.signal, onPoll });
    end.catch(() => undefined);
    return { end, giveUp, leave, seen };
  }

  /** All jobs of a run, oldest first, read from the endpoint without the proxy. */
  jobs(runKey: string, queue = 'holdout-g4'): Promise<JobSummary[]> {
    return jobsOfRun(this.endpoint.client, queue, runKey);
  }

  reach(jobId: string, ...statuses: JobStatus[]): Promise<JobDetail> {
    return this.endpoint.reach(jobId, ...statuses);
  }

  /** Ids of the jobs that claimed a run. */
  ran(runKey: string): string[] {
    const lines = readIfThere(join(this.endpoint.folder, 'ran')).split('\n');
    return lines.filter((line) => line.startsWith(`${runKey} `)).map((line) => line.slice(runKey.length + 1));
  }

  /** Ends all processes of a job at once, as the loss of its host does. */
  async killJob(jobId: string): Promise<void> {
    const begun = join(this.endpoint.startUp.stateFolder, 'jobs', jobId, 'process');
    await eventually('the job has begun', () => readIfThere(begun) !== '');
    tryKill(-this.endpoint.wrapperPid(jobId));
  }

  /** Waits until a job has claimed its run. */
  claimed(runKey: string): Promise<void> {
    return eventually(`a job runs ${runKey}`, () => this.ran(runKey).length > 0, { everyMs: 20 });
  }

  async claim(runKey: string): Promise<string | undefined> {
    return (await this.store.find(this.s3.buckets.runs, runObjects.claim(runKey)))?.toString();
  }
}

/** Queues `holdout-g4` with slots, `holdout-p3` without any. */
async function startServers(): Promise<Servers> {
  const s3 = await startS3Server();
  const endpoint = new Rig({
    credentials: [rigKey, { accessKeyId: ownerAccount, secretAccessKey: 'test-secret' }],
    queues: [
      { name: 'holdout-g4', slots: 8 },
      { name: 'holdout-p3', slots: 0 },
    ],
    killGraceSeconds: 5,
  });
  const program = join(endpoint.folder, 'runner.mjs');
  Object.assign(endpoint.startUp, {
    runner: [process.execPath, program],
    environment: { ...endpoint.startUp.environment, ...s3.environment, RUNS: s3.buckets.runs },
  });
  writeFileSync(endpoint.file, JSON.stringify(endpoint.startUp));
  await bundleRunner(program);
  await endpoint.start();
  return { s3, endpoint };
}

function killJobs(endpoint: Rig): void {
  const jobs = join(endpoint.startUp.stateFolder, 'jobs');
  const running = (jobId: string): boolean =>
    existsSync(join(jobs, jobId, 'process')) && !existsSync(join(jobs, jobId, 'exit'));
  for (const jobId of readdirSync(jobs).filter(running)) tryKill(-endpoint.wrapperPid(jobId));
}

/** Bundles the runner's program, which is small because every job loads it. */
async function bundleRunner(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('scripted-runner.ts', import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    mainFields: ['module', 'main'],
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
