import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../scripts/build.mjs';
import type { InputIndex, InputSet } from '../../src/campaign/model/frozen-campaign.ts';
import type { RunOutcome } from '../../src/campaign/model/run-outcome.ts';
import type { RunSpec } from '../../src/campaign/model/run-spec.ts';
import { checkIsolation } from '../../src/runner/isolation/check-isolation.ts';
import type { EngineSettings } from '../../src/runner/runner-settings.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { buildImage, type ImageRecipe } from '../support/images/oci-image.ts';
import { type S3Server, startS3Server } from '../support/servers/s3-server.ts';
import { runObjects } from '../../src/object-keys.ts';

/** A started runner; `exitCode` settles when it ends. */
export interface StartedRunner {
  jobId: string;
  runKey: string;
  process: ChildProcess;
  exitCode: Promise<number | null>;
  stderr(): string;
}

export interface FinishedRun extends StartedRunner {
  outcome: RunOutcome;
  log: string;
}

type SpecOverrides = Partial<Omit<RunSpec, 'limits' | 'instanceClass'>> & {
  limits?: Partial<RunSpec['limits']>;
  instanceClass?: Partial<RunSpec['instanceClass']>;
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Flags of a host without CAP_SYS_RESOURCE; harmless elsewhere. */
const limitedHost = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];

/** The isolation of the classes, and limits that are not the matter of a test: gVisor's own kernel needs some of them. */
const isolation = process.env['HOLDOUT_TEST_ISOLATION'] === 'gvisor' ? ({ isolation: 'gvisor' } as const) : {};
const usualLimits =
  'isolation' in isolation
    ? { wallClockSeconds: 100, memoryMiB: 256, pids: 300 }
    : { wallClockSeconds: 50, memoryMiB: 64, pids: 64 };

/**
 * Real runners as processes, a real S3 server and a real container engine with separate storage.
 * HOLDOUT_TEST_ENGINE (JSON, as HOLDOUT_ENGINE) selects another engine, and HOLDOUT_TEST_ISOLATION=gvisor another kernel.
 */
export class RunnerRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdout-runner-'));
  readonly scratch = join(this.folder, 'scratch');
  readonly engine = this.chooseEngine();
  readonly jobIds: string[] = [];
  private readonly images = new Map<string, RunSpec['image']>();
  private sequence = 0;

  private constructor(
    readonly s3: S3Server,
    readonly store: ObjectStore,
  ) {}

  static async start(): Promise<RunnerRig> {
    await build();
    const s3 = await startS3Server();
    Object.assign(process.env, s3.environment);
    const rig = new RunnerRig(s3, new ObjectStore({ s3PathStyle: true }));
    // Otherwise the container that a test waits for might be the drill of the first run.
    const { scratch, engine } = rig;
    const instanceClass = { name: 'test', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1 } as const;
    const stop = new AbortController().signal;
    await checkIsolation({ jobId: randomUUID(), scratch, engine }, { runKey: 'c/drill/1', instanceClass }, stop);
    return rig;
  }

  async stop(): Promise<void> {
    await this.s3.stop();
    spawnSync('umount', [join(this.folder, 'storage/overlay')]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An image from a shell script, or from a whole recipe; built once each. */
  image(recipe: string | ImageRecipe): RunSpec['image'] {
    const whole = typeof recipe === 'string' ? { script: recipe } : recipe;
    const key = JSON.stringify(whole);
    const image = this.images.get(key) ?? buildImage(join(this.folder, 'layout'), `i${this.images.size}`, whole);
    this.images.set(key, image);
    return image;
  }

  /** Writes a set of inputs into the inputs bucket. */
  async putInputs(contents: Record<string, string>): Promise<InputSet> {
    const prefix = `c/testset/${randomUUID()}/`;
    const index: InputIndex = { files: [] };
    for (const [name, content] of Object.entries(contents)) {
      await this.store.write(this.s3.buckets.inputs, `${prefix}files/${name}`, content);
      index.files.push({ name, bytes: Buffer.byteLength(content), sha256: sha256Of(content) });
    }
    const body = JSON.stringify(index);
    await this.store.write(this.s3.buckets.inputs, `${prefix}index.json`, body);
    const files = { bucket: this.s3.buckets.inputs, prefix: `${prefix}files/` };
    return { indexKey: `${prefix}index.json`, files, digest: sha256Of(body), items: index.files.length, bytes: 0 };
  }

  /** Writes the spec of a new run and returns its key. */
  async putSpec(image: RunSpec['image'], overrides: SpecOverrides = {}): Promise<RunSpec> {
    const runKey = `c/s-${++this.sequence}/1`;
    const spec: RunSpec = {
      version: 1,
      runKey,
      purpose: 'evaluation',
      image,
      inputs: overrides.inputs ?? (await this.putInputs({ 'a.txt': 'alpha', 'b.txt': 'beta' })),
      predictions: { file: 'predictions.csv', maxBytes: 1_000_000 },
      ...overrides,
      instanceClass: { name: 'test', gpu: 'none', gpuMemoryMiB: 0, vcpus: 2, ...isolation, ...overrides.instanceClass },
      limits: {
        ...usualLimits,
        outputBytes: 16 << 20,
        sharedMemoryMiB: 16,
        ...overrides.limits,
      },
    };
    await this.store.write(this.s3.buckets.runs, runObjects.spec(runKey), JSON.stringify(spec));
    return spec;
  }

  /** Starts the bundled runner for a run with a spec. */
  startRunner(runKey: string, jobId: string = randomUUID(), env: NodeJS.ProcessEnv = {}): StartedRunner {
    this.jobIds.push(jobId);
    const child = spawn(process.execPath, [join(root, 'dist/runner.mjs')], {
      env: { ...this.environment(), AWS_BATCH_JOB_ID: jobId, HOLDOUT_RUN_KEY: runKey, ...env },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const exitCode = once(child, 'close').then(() => child.exitCode);
    return { jobId, runKey, process: child, exitCode, stderr: () => stderr };
  }

  /** Runs an image to its end; fails unless the runner exits 0. */
  async run(recipe: string | ImageRecipe, overrides: SpecOverrides = {}): Promise<FinishedRun> {
    const { runKey } = await this.putSpec(this.image(recipe), overrides);
    return this.finished(this.startRunner(runKey));
  }

  async finished(runner: StartedRunner): Promise<FinishedRun> {
    const exitCode = await runner.exitCode;
    if (exitCode !== 0) throw new Error(`the runner exited ${exitCode}: ${runner.stderr()}`);
    const outcome = await this.store.readJson<RunOutcome>(this.s3.buckets.runs, runObjects.outcome(runner.runKey));
    const log = await this.store.read(this.s3.buckets.runs, runObjects.log(runner.runKey));
    return { ...runner, outcome, log: log.toString('latin1') };
  }

  reap(jobId: string): void {
    const reaper = [join(root, 'dist/runner.mjs'), 'reap', jobId];
    const { status, stderr, stdout } = spawnSync(process.execPath, reaper, {
      env: this.environment(),
      encoding: 'utf8',
    });
    if (status !== 0 || stdout + stderr !== '') throw new Error(`reap exited ${status}: ${stdout}${stderr}`);
  }

  /** Descriptions of everything that this rig's runs left on the host. */
  leftOvers(): string[] {
    const listed = execFileSync(this.command[0], [...this.command.slice(1), 'ps', '--all', '--format={{.Names}}']);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const runs = join(this.scratch, 'runs');
    return [
      ...listed
        .toString()
        .split('\n')
        .filter((name) => this.jobIds.some((id) => name.startsWith(`ho-${id}`))),
      ...this.volumes(),
      ...mounts.filter((line) => line.includes(runs)),
      ...execFileSync('losetup', ['--list', '--noheadings'])
        .toString()
        .split('\n')
        .filter((line) => line.includes(runs)),
      ...this.jobIds.flatMap((id) => cgroupsOf(id)),
      ...(existsSync(runs) ? readdirSync(runs).map((name) => join(runs, name)) : []),
    ];
  }

  private volumes(): string[] {
    const list = execFileSync(this.command[0], [...this.command.slice(1), 'volume', 'ls', '--format={{.Name}}']);
    const names = list.toString().split('\n');
    return names.filter((name) => this.jobIds.some((id) => name.includes(id)));
  }

  environment(): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    const engine = JSON.stringify(this.engine);
    return { PATH, HOME, ...this.s3.environment, HOLDOUT_SCRATCH: this.scratch, HOLDOUT_ENGINE: engine };
  }

  get command(): [string, ...string[]] {
    return this.engine.command as [string, ...string[]];
  }

  private chooseEngine(): EngineSettings {
    const given = process.env['HOLDOUT_TEST_ENGINE'];
    if (given !== undefined) return JSON.parse(given) as EngineSettings;
    const storage = [`--root=${join(this.folder, 'storage')}`, `--runroot=${join(this.folder, 'storage-run')}`];
    const command = ['podman', ...storage, '--runtime=runc'];
    return { name: 'podman', command, runFlags: limitedHost, markers: join(tmpdir(), 'holdout-test-isolation') };
  }
}

export const sha256Of = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

function cgroupsOf(jobId: string): string[] {
  const hierarchies = ['', ...readdirSync('/sys/fs/cgroup')];
  return hierarchies.map((name) => join('/sys/fs/cgroup', name, 'holdout', jobId)).filter((path) => existsSync(path));
}
