import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunnerError } from '../../src/campaign/model/run-outcome.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { Rig } from '../local/batch-endpoint/endpoint-rig.ts';
import { eventually } from '../support/eventually.ts';
import { type S3Server, startS3Server } from '../support/servers/s3-server.ts';
import { startTemporalServer, type TemporalServer } from '../support/servers/temporal-server.ts';

/** How a command of `holdout` ended. */
export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

interface CloudStackOptions {
  /** `127.0.0.1:<port>`, without TLS. */
  registry: string;
  /** Shell script that a job of a queue runs, by the queue's name; a queue has one slot. */
  jobs: Record<string, string>;
}

/**
 * What `--stack remote` expects, of foreign programs as far as there are any: a Temporal server, an S3 server, a registry as
 * image store, and the local Batch endpoint, whose jobs run scripts. With a worker for all queues.
 */
export class CloudStack {
  private worker: ChildProcess | undefined;
  private workerLog = '';

  private constructor(
    private readonly folder: string,
    readonly s3: S3Server,
    private readonly temporal: TemporalServer,
    private readonly endpoint: Rig,
    private readonly registry: string,
  ) {}

  static async start({ registry, jobs }: CloudStackOptions): Promise<CloudStack> {
    const folder = mkdtempSync(join(tmpdir(), 'holdout-cloud-'));
    mkdirSync(join(folder, '.config/containers'), { recursive: true });
    const insecure = `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`;
    writeFileSync(join(folder, '.config/containers/registries.conf'), insecure);
    const [s3, temporal] = [await startS3Server(), await startTemporalServer()];
    Object.assign(process.env, s3.environment);
    const cases = Object.entries(jobs).map(([queue, script]) => `${queue})\n${script}\n;;\n`);
    const agent = join(folder, 'agent');
    writeFileSync(agent, `#!/bin/sh\ncase "$AWS_BATCH_JQ_NAME" in\n${cases.join('')}esac\n`);
    chmodSync(agent, 0o755);
    const endpoint = new Rig({
      queues: Object.keys(jobs).map((name) => ({ name, slots: 1 })),
      runner: [agent],
      // Nobody does it on AWS.
      reap: ['true'],
      environment: { PATH: process.env['PATH'] ?? '', ...s3.environment },
    });
    await endpoint.start();
    const stack = new CloudStack(folder, s3, temporal, endpoint, registry);
    try {
      await stack.startWorker();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Runs a command to its end. */
  async holdout(...args: string[]): Promise<Ended> {
    const child = this.spawn(args);
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'close');
    return { status: child.exitCode, stdout, stderr: `${stderr}\n${this.workerLog.slice(-2_000)}` };
  }

  /** Every trouble.json. */
  async troubles(): Promise<RunnerError[]> {
    const store = new ObjectStore({ s3PathStyle: true });
    const troubles: RunnerError[] = [];
    for await (const key of store.list(this.s3.buckets.runs, ''))
      if (key.endsWith('/trouble.json')) troubles.push(await store.readJson<RunnerError>(this.s3.buckets.runs, key));
    return troubles;
  }

  async stop(): Promise<void> {
    if (this.worker !== undefined && this.worker.exitCode === null) {
      this.worker.kill('SIGKILL');
      await once(this.worker, 'exit');
    }
    await this.endpoint.remove();
    await this.temporal.stop();
    await this.s3.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startWorker(): Promise<void> {
    const ready = join(this.folder, 'ready');
    this.worker = this.spawn(['worker'], { HOLDOUT_READY_FILE: ready });
    this.worker.stderr?.on('data', (chunk: Buffer) => (this.workerLog += chunk.toString()));
    this.worker.stdout?.on('data', (chunk: Buffer) => (this.workerLog += chunk.toString()));
    const polls = (): boolean => {
      if (this.worker?.exitCode !== null) throw new Error(this.workerLog);
      return existsSync(ready);
    };
    await eventually('the worker polls', polls, { withinMs: 120_000 });
  }

  private spawn(args: string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(process.execPath, [join(projectRoot(), 'scripts/holdout.mjs'), ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '', '.cache'),
        ...this.s3.environment,
        HOLDOUT_STACK: 'remote',
        TEMPORAL_ADDRESS: this.temporal.address,
        AWS_ENDPOINT_URL_BATCH: this.endpoint.url,
        HOLDOUT_BATCH_ACCESS_KEY_ID: 'rig-key',
        HOLDOUT_BATCH_SECRET_ACCESS_KEY: 'rig-secret',
        HOLDOUT_IMAGE_STORE: `docker://${this.registry}/submissions`,
        HOLDOUT_RUNNER_IMAGE: 'local',
        HOLDOUT_HOME: join(this.folder, 'home'),
        HOLDOUT_SEAL_KEYS: join(this.folder, 'seal-keys'),
        HOLDOUT_SCRATCH: join(this.folder, 'scratch'),
        ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
