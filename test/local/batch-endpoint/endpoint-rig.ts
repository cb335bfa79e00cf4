/** A real Batch endpoint process with its own folder, and the unchanged AWS client for it. */
import {
  BatchClient,
  type BatchClientConfig,
  DescribeJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  type JobDetail,
  type JobStatus,
  type SubmitJobCommandInput,
} from '@aws-sdk/client-batch';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../../scripts/build.mjs';
import type { BatchEndpointStartUpFile } from '../../../src/local/batch-endpoint/start-up-file.ts';

/** Polls every 20 ms until there is a result, at most `milliseconds`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  within = 20_000,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < deadline, `${what} did not come within ${within} ms`);
    await sleep(20);
  }
}

/** Starts the endpoint's process and collects its output. */
export function spawnEndpoint(...args: string[]): { child: ChildProcess; stdout: () => string; stderr: () => string } {
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/batch-endpoint.mjs', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, stdout: () => stdout, stderr: () => stderr };
}

/** The least container that Batch accepts. */
export const container = {
  image: 'holdout/runner',
  resourceRequirements: [
    { type: 'VCPU' as const, value: '1' },
    { type: 'MEMORY' as const, value: '1000' },
  ],
};

/** The key that a rig's endpoint accepts. */
export const rigKey = { accessKeyId: 'rig-key', secretAccessKey: 'rig-secret' };

export class Rig {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdout-batch-'));
  readonly startUp: BatchEndpointStartUpFile;
  readonly file = join(this.folder, 'start-up.json');
  private process: ReturnType<typeof spawnEndpoint> | undefined;
  private connected: BatchClient | undefined;
  url = '';

  /** Every job runs the shell script in its variable HOLDOUT_RUN_KEY; a reap leaves a line in the file `reaped`. */
  constructor(changes: Partial<BatchEndpointStartUpFile> = {}) {
    this.startUp = {
      host: '127.0.0.1',
      port: 0,
      stateFolder: join(this.folder, 'state'),
      credentials: [{ ...rigKey }],
      region: 'us-east-1',
      account: '123456789012',
      queues: [{ name: 'gpu', slots: 4 }],
      runner: ['/bin/sh', '-c', 'eval "$HOLDOUT_RUN_KEY"'],
      reap: ['/bin/sh', '-c', `echo "$1" >>${this.folder}/reaped`, 'reap'],
      // Tests of the delays and of the limit set them.
      callsPerSecond: 100_000,
      delays: { list: 0, describe: 0, step: 0 },
      environment: { PATH: process.env['PATH'] ?? '', FOLDER: this.folder, PLACE: 'instance' },
      ...changes,
    };
    writeFileSync(this.file, JSON.stringify(this.startUp));
  }

  async start(): Promise<void> {
    await build();
    const started = spawnEndpoint(this.file);
    this.process = started;
    this.url = await eventually('the endpoint', () => {
      assert.equal(started.child.exitCode, null, started.stderr());
      return /"url":"([^"]+)"/.exec(started.stdout())?.[1];
    });
    this.connected = this.clientWith({});
  }

  clientWith(changes: Partial<BatchClientConfig>): BatchClient {
    return new BatchClient({
      endpoint: this.url,
      region: this.startUp.region,
      // The SDK modifies its input.
      credentials: { ...rigKey },
      maxAttempts: 1,
      ...changes,
    });
  }

  /** Sends a correctly signed request that no AWS client would send. */
  async sendSigned({ path = '/v1/submitjob', body = '{}' }): Promise<Response> {
    const url = new URL(path, this.url);
    const signer = new SignatureV4({
      credentials: { ...rigKey },
      region: 'us-east-1',
      service: 'batch',
      sha256: Sha256,
    });
    const { method, headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path,
      headers: { host: url.host, 'content-type': 'application/json' },
      body,
    });
    return fetch(url, { method, headers, body });
  }

  get client(): BatchClient {
    assert.ok(this.connected, 'the endpoint runs');
    return this.connected;
  }

  get endpointProcess(): ChildProcess {
    assert.ok(this.process, 'the endpoint runs');
    return this.process.child;
  }

  /** Ends only the endpoint's process. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.connected?.destroy();
    const child = this.process?.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  /** Ends the endpoint and all remaining jobs, and removes the folder. */
  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    for (const pid of this.begunPids) tryKill(-pid);
    rmSync(this.folder, { recursive: true, force: true });
  }

  register(name = 'holdout-runner', rest: object = {}): Promise<{ revision?: number | undefined }> {
    return this.client.send(
      new RegisterJobDefinitionCommand({
        jobDefinitionName: name,
        type: 'container',
        containerProperties: container,
        ...rest,
      }),
    );
  }

  /** Submits a job that runs a shell script; returns its id. */
  async submit(script: string, rest: Partial<SubmitJobCommandInput> = {}): Promise<string> {
    const environment = [{ name: 'HOLDOUT_RUN_KEY', value: script }];
    const { jobId } = await this.client.send(
      new SubmitJobCommand({
        jobName: 'job',
        jobQueue: 'gpu',
        jobDefinition: 'holdout-runner',
        ...rest,
        containerOverrides: { environment, ...rest.containerOverrides },
      }),
    );
    assert.ok(jobId);
    this.submitted.push(jobId);
    return jobId;
  }

  async describe(jobId: string): Promise<JobDetail> {
    const { jobs } = await this.client.send(new DescribeJobsCommand({ jobs: [jobId] }));
    const [job] = jobs ?? [];
    assert.ok(job, `job ${jobId} is known`);
    return job;
  }

  /** Waits until the job is in one of these states. */
  reach(jobId: string, ...statuses: JobStatus[]): Promise<JobDetail> {
    return eventually(`job ${jobId} in ${statuses.join(' or ')}`, async () => {
      const job = await this.describe(jobId);
      return job.status !== undefined && statuses.includes(job.status) ? job : undefined;
    });
  }

  /** Waits until a job has written this file in the rig's folder; returns its text. */
  written(name: string): Promise<string> {
    return eventually(`the file ${name}`, () => {
      const text = this.read(join(this.folder, name));
      return text.endsWith('\n') ? text.trimEnd() : undefined;
    });
  }

  /** The pid of a started job's wrapper, which is also its process group. */
  wrapperPid(jobId: string): number {
    const begun = this.read(join(this.startUp.stateFolder, 'jobs', jobId, 'process'));
    return (JSON.parse(begun) as { pid: number }).pid;
  }

  reaped(): string[] {
    return this.read(join(this.folder, 'reaped')).split('\n').filter(Boolean);
  }

  private readonly submitted: string[] = [];

  private get begunPids(): number[] {
    return this.submitted.flatMap((jobId) => {
      const folder = join(this.startUp.stateFolder, 'jobs', jobId);
      const running = this.read(join(folder, 'process')).startsWith('{') && this.read(join(folder, 'exit')) === '';
      return running ? [this.wrapperPid(jobId)] : [];
    });
  }

  private read(file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  }
}

/** Kills a process (or, negative, a group) that may be gone. */
export function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
