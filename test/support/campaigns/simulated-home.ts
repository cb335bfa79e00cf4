import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchClient, DescribeJobsCommand, ListJobsCommand } from '@aws-sdk/client-batch';
import { Client, Connection } from '@temporalio/client';
import { build } from '../../../scripts/build.mjs';
import { classOfCanary } from '../../../src/ids.ts';
import { batchCredentials } from '../../../src/batch/batch-clients.ts';
import { codecOptions } from '../../../src/codec/client-codec.ts';
import { KeyRing } from '../../../src/codec/key-ring.ts';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';
import type { CampaignResults, SubmissionSummary } from '../../../src/ledger/results.ts';
import { placesOf } from '../../../src/local/stack/home/home.ts';
import { openStack, type Stack } from '../../../src/local/stack/open-stack.ts';
import type { StackOptions } from '../../../src/local/stack/prepare-parts.ts';
import { CampaignHome, type Ended } from '../campaign-command.ts';
import { eventually } from '../eventually.ts';
import { populationFile, writeCampaignFolder, type CampaignShape } from './simulated-campaign.ts';

/** Simulated seconds per second. */
const timeScale = 100;

/** A run that takes a second. */
export const quick = { startUpSeconds: 0, secondsPerItem: 25, spread: 0 };
/** A run that takes ten minutes, longer than any test. */
export const endless = { startUpSeconds: 0, secondsPerItem: 15_000, spread: 0 };

/** A job of the Batch endpoint. */
export interface ObservedJob {
  jobId: string;
  runKey: string;
  status: string;
}

const over = new Set(['SUCCEEDED', 'FAILED']);

/** A home with one campaign and simulated jobs; this process keeps its stack up, and commands run as for a user. */
export class SimulatedHome extends CampaignHome {
  readonly campaign = 'steered';
  /** The campaign file. */
  file = '';
  stack: Stack | undefined;
  connection: Connection | undefined;
  private population = '';
  private changes: Partial<StackOptions> = {};

  constructor(private readonly shape: Omit<CampaignShape, 'campaign'>) {
    super();
  }

  /** Starts the stack and writes the campaign; `submissions`: see {@link behave}. */
  async open(submissions: Record<string, object> = {}, changes: Partial<StackOptions> = {}): Promise<void> {
    await build();
    this.file = await writeCampaignFolder(join(this.folder, 'campaign'), { ...this.shape, campaign: this.campaign });
    this.population = this.behave(submissions);
    this.changes = changes;
    await this.openStack();
  }

  private async openStack(): Promise<void> {
    this.stack = await openStack({
      home: this.folder,
      queues: Object.entries(this.shape.slots).map(([name, slots]) => ({ name: `simulated-${name}`, slots })),
      ports: { temporal: 0, ui: 0, s3: 0, batch: 0 },
      report: () => undefined,
      stays: true,
      simulation: { population: this.population, timeScale, seed: 1 },
      ...this.changes,
    });
    this.connection = await Connection.connect({ address: this.stack.endpoints.temporal });
  }

  /** Takes the stack down, does what is to be done meanwhile, and starts it again. */
  async whileDown(work: () => void): Promise<void> {
    await this.connection?.close();
    await this.stack?.close();
    work();
    await this.openStack();
  }

  /** Sets the behaviour of submissions from the endpoint's next start, by name; the others are {@link quick}. */
  behave(submissions: Record<string, object>): string {
    const file = join(this.folder, 'population.json');
    const { others, ...rest } = populationFile(submissions) as { others: object };
    writeFileSync(file, JSON.stringify({ ...rest, others: { ...others, ...quick } }));
    return file;
  }

  /** The same with immediate effect: kills and restarts the endpoint, whose jobs continue. */
  async behaveNow(submissions: Record<string, object>): Promise<void> {
    this.behave(submissions);
    await this.restartBatch();
  }

  /** From now on AWS has this many machines for a class; jobs that run already continue. */
  async haveMachines(name: string, machines: number): Promise<void> {
    const { queues } = placesOf(this.folder);
    const known = JSON.parse(readFileSync(queues, 'utf8')) as Record<string, number>;
    if (known[`simulated-${name}`] === machines) return;
    writeFileSync(queues, JSON.stringify({ ...known, [`simulated-${name}`]: machines }));
    await this.restartBatch();
  }

  /** Kills the endpoint, which starts again and reads its files; its jobs continue. */
  async restartBatch(): Promise<void> {
    const before = this.pidOf('batch');
    process.kill(before, 'SIGKILL');
    const isBack = async () => this.pidOf('batch') !== before && Array.isArray(await this.allJobs());
    // The stack pauses for up to 30 s before it restarts a part that keeps ending.
    await eventually('the endpoint is back', isBack, { withinMs: 60_000 });
  }

  /** Starts the campaign without waiting for it. */
  begin(): Promise<string> {
    return this.holdout(0, 'start', this.file, '--detach');
  }

  /** Runs a command and returns its output; fails on another exit status. */
  async holdout(status: number, ...args: string[]): Promise<string> {
    const ended = await this.run(...args);
    assert.equal(ended.status, status, `holdout ${args.join(' ')}:\n${ended.stdout}\n${ended.stderr}`);
    return outputOf(ended);
  }

  /** The same for a command on the campaign: `act(0, 'pause', '--team', 't0')`. */
  command(status: number, command: string, ...args: string[]): Promise<string> {
    return this.holdout(status, command, this.campaign, ...args);
  }

  async progress(): Promise<CampaignProgress> {
    return this.temporal.workflow.getHandle(`campaign:${this.campaign}`).query<CampaignProgress>('progress');
  }

  async results(): Promise<CampaignResults> {
    return JSON.parse(await this.command(0, 'results', '--json')) as CampaignResults;
  }

  async resultOf(submission: string): Promise<SubmissionSummary> {
    const found = (await this.results()).submissions.find((one) => one.submission === submission);
    assert.ok(found, `there is no result of ${submission}`);
    return found;
  }

  /** Waits until the campaign's progress meets a condition. */
  async until(what: string, holds: (progress: CampaignProgress) => boolean): Promise<void> {
    let last: CampaignProgress | undefined;
    const check = async (): Promise<boolean> => holds((last = await this.progress()));
    await eventually(what, check, { withinMs: 60_000, everyMs: 200 }).catch((error: unknown) => {
      throw new Error(`${what}: ${JSON.stringify(last)}`, { cause: error });
    });
  }

  /** Every job of a submission, oldest first, without canaries; waits for an endpoint that is restarting. */
  async allJobs(): Promise<ObservedJob[]> {
    let jobs: ObservedJob[] = [];
    await eventually('the endpoint responds', async () => Array.isArray((jobs = await this.listedJobs())));
    return jobs;
  }

  private async listedJobs(): Promise<ObservedJob[]> {
    const jobs: (ObservedJob & { createdAt: number })[] = [];
    for (const name of Object.keys(this.shape.slots)) {
      const { jobSummaryList: found = [] } = await this.batch.send(
        new ListJobsCommand({
          jobQueue: `simulated-${name}`,
          filters: [{ name: 'AFTER_CREATED_AT', values: ['0'] }],
        }),
      );
      if (found.length === 0) continue;
      const ids = found.flatMap(({ jobId }) => jobId ?? []);
      const { jobs: details = [] } = await this.batch.send(new DescribeJobsCommand({ jobs: ids }));
      for (const { jobId = '', status = '', createdAt = 0, container } of details) {
        const runKey = container?.environment?.find((one) => one.name === 'HOLDOUT_RUN_KEY')?.value ?? '';
        jobs.push({ jobId, runKey, status, createdAt });
      }
    }
    const ofSubmissions = jobs.filter(({ runKey }) => classOfCanary(runKey.split('/')[1] ?? '') === undefined);
    return ofSubmissions.sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Jobs that have not ended. */
  async activeJobs(): Promise<ObservedJob[]> {
    return (await this.allJobs()).filter(({ status }) => !over.has(status));
  }

  get temporal(): Client {
    assert.ok(this.connection);
    const namespace = this.stack?.environment['TEMPORAL_NAMESPACE'] ?? '';
    const file = this.stack?.environment['HOLDOUT_CODEC_KEYS'];
    return new Client({
      connection: this.connection,
      namespace,
      ...codecOptions(file ? new KeyRing(file) : undefined),
    });
  }

  get batch(): BatchClient {
    assert.ok(this.stack);
    const { endpoints, environment: env } = this.stack;
    return new BatchClient({
      endpoint: endpoints.batch,
      region: env['AWS_REGION'] ?? '',
      ...batchCredentials(env),
    });
  }

  override async remove(): Promise<void> {
    await this.connection?.close();
    await this.stack?.close();
    await super.remove();
  }
}

const outputOf = ({ stdout, stderr }: Ended): string => (stdout === '' ? stderr : stdout);
