/** A worker process that copies images from S3 into a registry with ECR's host name and logins, and what that costs. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Manifest } from '../../src/campaign/model/frozen-campaign.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { embeddedTimings } from '../../src/timings.ts';
import { sha256OfFile } from '../../src/sha256.ts';
import { EcrRig } from '../../test/cloud/ecr/ecr-rig.ts';
import { ResultsBucket, submissionOf } from '../../test/ledger/store-rig.ts';
import { frozenCampaign } from '../../test/support/campaigns/frozen-campaign.ts';
import { startS3Server, type S3Server } from '../../test/support/servers/s3-server.ts';
import { startTemporalServer, type TemporalServer } from '../../test/support/servers/temporal-server.ts';
import type { pull } from '../workflows/pull-workflows.ts';
import { usageOf } from './processes.ts';

const campaign = 'pull';
const taskQueue = 'bench-pull';

/** `peakMiB`: of the worker process; `timeMiB`: what /usr/bin/time says of the worker and its programs, the largest of them. */
export interface PullCost {
  seconds: number;
  peakMiB: number;
  timeMiB: number;
  diskMB: number;
}

export class PullRig {
  private constructor(
    private readonly folder: string,
    private readonly ecr: EcrRig,
    private readonly s3: S3Server,
    private readonly temporal: TemporalServer,
    private readonly store: ObjectStore,
  ) {}

  static async start(folder: string): Promise<PullRig> {
    const ecr = await EcrRig.start('eu-bench-1');
    ecr.api.answer('DescribeImageScanFindings', () => ({ body: { imageScanStatus: { status: 'COMPLETE' } } }));
    const s3 = await startS3Server();
    Object.assign(process.env, s3.environment);
    return new PullRig(folder, ecr, s3, await startTemporalServer(), new ObjectStore({ s3PathStyle: true }));
  }

  async stop(): Promise<void> {
    await this.temporal.stop();
    await this.s3.stop();
    await this.ecr.stop();
  }

  /** Hands in an archive as these submissions, and copies all of them at once. */
  async cost(archive: string, submissions: readonly string[]): Promise<PullCost> {
    await this.handIn(archive, submissions);
    const scratch = join(this.folder, 'scratch');
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    const worker = this.startWorker(scratch);
    const meter = new Meter(worker, scratch);
    try {
      const seconds = await this.pullAll(submissions);
      return { seconds, ...(await meter.stop()), timeMiB: await endWorker(worker, this.timeFile) };
    } finally {
      // Ends `time` as well; after a failure the worker is still there.
      signalWorker(worker, 'SIGKILL');
    }
  }

  private get timeFile(): string {
    return join(this.folder, 'time');
  }

  private async handIn(archive: string, submissions: readonly string[]): Promise<void> {
    const { images, results } = this.s3.buckets;
    const [key, sha256] = [`${campaign}/${submissions[0]}.tar`, await sha256OfFile(archive)];
    await this.store.upload(images, key, archive, sha256);
    const limits = { ...frozenCampaign().limits, imageBytes: 2 ** 34 };
    const image = { kind: 'archive' as const, bucket: images, key, sha256 };
    const rows = submissions.map((name) => ({ ...submissionOf('one', name), image }));
    const manifest: Manifest = { version: 1, teams: [{ team: 'one', teamName: 'one', submissions: rows }] };
    await new ResultsBucket(this.store, results).freezeRows(campaign, manifest, { limits });
  }

  private startWorker(scratch: string): ChildProcess {
    const worker = [process.execPath, join(projectRoot(), 'dist/worker.mjs'), '--queues', 'images'];
    return spawn('/usr/bin/time', ['--format=%M', '--output', this.timeFile, ...worker], {
      env: {
        ...process.env,
        HOLDOUT_STACK: 'remote',
        HOLDOUT_SCRATCH: scratch,
        TMPDIR: scratch,
        HOLDOUT_IMAGE_STORE: `docker://${this.ecr.host}/store`,
        TEMPORAL_ADDRESS: this.temporal.address,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  private async pullAll(submissions: readonly string[]): Promise<number> {
    const { address } = this.temporal;
    const client = new Client({ connection: await Connection.connect({ address }) });
    const connection = await NativeConnection.connect({ address });
    const workflowsPath = fileURLToPath(new URL('../workflows/pull-workflows.ts', import.meta.url));
    const workflows = await Worker.create({ connection, taskQueue, workflowsPath });
    const begun = performance.now();
    const pulls = submissions.map(async (submission) => {
      const args: Parameters<typeof pull> = [{ campaign, submission }, embeddedTimings];
      const workflowId = `${submission} ${Date.now()}`;
      const pulled = await client.workflow.execute<typeof pull>('pull', { workflowId, taskQueue, args });
      if (pulled.kind === 'refused') throw new Error(pulled.why);
    });
    await workflows.runUntil(Promise.all(pulls));
    const seconds = (performance.now() - begun) / 1_000;
    await connection.close();
    await client.connection.close();
    return seconds;
  }
}

/** Follows the worker's memory and the disk that it uses. */
class Meter {
  private readonly watching: Promise<void>;
  private ended = false;
  private peakMiB = 0;
  private diskMB = 0;

  constructor(
    private readonly time: ChildProcess,
    private readonly scratch: string,
  ) {
    this.watching = this.watch();
  }

  async stop(): Promise<{ peakMiB: number; diskMB: number }> {
    this.ended = true;
    await this.watching;
    return { peakMiB: this.peakMiB, diskMB: this.diskMB };
  }

  private async watch(): Promise<void> {
    while (!this.ended) {
      const pid = workerOf(this.time);
      this.peakMiB = Math.max(this.peakMiB, (pid && usageOf(pid)?.peakMiB) || 0);
      // Files vanish while du looks; hard links count once.
      const { stdout } = await promisify(execFile)('sh', [
        '-c',
        'du -s -B1000000 "$0" 2>/dev/null || true',
        this.scratch,
      ]);
      this.diskMB = Math.max(this.diskMB, Number(stdout.split('\t')[0]));
      await delay(100);
    }
  }
}

/** The process that `time` measures; it is its only child. */
function workerOf({ pid }: ChildProcess): number | undefined {
  const child = readdirSync('/proc').find((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return child === undefined ? undefined : Number(child);
}

function signalWorker(time: ChildProcess, signal: NodeJS.Signals): void {
  const pid = workerOf(time);
  if (pid !== undefined) process.kill(pid, signal);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** Ends the worker; returns what `time` wrote to its file, in MiB. */
async function endWorker(time: ChildProcess, file: string): Promise<number> {
  signalWorker(time, 'SIGTERM');
  await once(time, 'exit');
  return Number(readFileSync(file, 'utf8').trim().split('\n').at(-1)) / 1_024;
}
