/** A separate home with real servers, the real Batch endpoint, and fake workers and runners. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../../scripts/build.mjs';
import { projectRoot } from '../../../src/local/project-root.ts';
import type { Credential } from '../../../src/local/stack/home/credentials.ts';
import { openIdentity } from '../../../src/local/stack/home/home-identity.ts';
import { placesOf } from '../../../src/local/stack/home/home.ts';
import { openStack, type Stack } from '../../../src/local/stack/open-stack.ts';
import type { StackOptions } from '../../../src/local/stack/prepare-parts.ts';
import { shortPathsOf, type ShortPaths } from '../../../src/local/stack/home/short-paths.ts';
import { oddFolder, pathsOfHome } from '../../support/odd-folder.ts';

/** Signals readiness like a worker and records its environment. */
const worker = `
import { writeFileSync } from 'node:fs';
writeFileSync(process.env.HOLDOUT_READY_FILE, JSON.stringify({ env: process.env, args: process.argv.slice(2) }));
setInterval(() => undefined, 1000);
process.on('SIGTERM', () => process.exit(0));
`;

/** Creates the mounts and groups of a run, then waits to be killed. */
const runner = `
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
const { HOLDOUT_SCRATCH, AWS_BATCH_JOB_ID, HOLDOUT_ENGINE } = process.env;
if (process.argv[2] !== 'reap') {
  const folder = HOLDOUT_SCRATCH + '/runs/' + AWS_BATCH_JOB_ID;
  mkdirSync(folder + '/output', { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder + '/output']);
  const cgroups = existsSync('/sys/fs/cgroup/cgroup.controllers') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids';
  mkdirSync(cgroups + '/holdout/' + AWS_BATCH_JOB_ID, { recursive: true });
  writeFileSync(folder + '/environment.json', JSON.stringify(process.env));
  setInterval(() => undefined, 1000);
}
`;

export class StackRig {
  private readonly place = oddFolder('holdout-stack');
  /** Open to all users, as /home may be. */
  readonly folder = this.place.root;
  readonly home = placesOf(join(this.place.folder, 'home')).folder;
  readonly programs = mkdtempSync(join(tmpdir(), 'holdout-stack-'));
  readonly lines: string[] = [];

  async prepare(): Promise<void> {
    writeFileSync(join(this.programs, 'worker.mjs'), worker);
    writeFileSync(join(this.programs, 'runner.mjs'), runner);
    await build();
    for (const program of ['batch-endpoint.mjs', 'codec-server.mjs'])
      copyFileSync(join(projectRoot(), 'dist', program), join(this.programs, program));
  }

  open(changes: Partial<StackOptions> = {}): Promise<Stack> {
    return openStack({
      home: this.home,
      queues: [{ name: 'q', slots: 1 }],
      ports: { temporal: 0, ui: 0, s3: 0, batch: 0 },
      programs: this.programs,
      report: (line) => void this.lines.push(line),
      ...changes,
    });
  }

  get short(): ShortPaths {
    return shortPathsOf(openIdentity(placesOf(this.home)));
  }

  get namespace(): string {
    return openIdentity(placesOf(this.home)).namespace;
  }

  /** Another build of the worker. */
  rebuildWorker(source = worker): void {
    writeFileSync(join(this.programs, 'worker.mjs'), `${source}// built again\n`);
  }

  /** The environment that a fake worker recorded when it became ready. */
  seenBy(name: 'worker' | 'scorer'): { env: Record<string, string>; args: string[] } {
    return JSON.parse(readFileSync(join(this.home, 'run', `${name}.ready`), 'utf8')) as ReturnType<StackRig['seenBy']>;
  }

  pidOf(name: string): number {
    const record = readFileSync(join(this.home, 'run', `${name}.json`), 'utf8');
    return (JSON.parse(record) as { identity: { pid: number } }).identity.pid;
  }

  /** Other processes with this home in their command line or environment. */
  pids(): number[] {
    return readdirSync('/proc')
      .filter((pid) => /^[0-9]+$/.test(pid) && Number(pid) !== process.pid)
      .filter((pid) => ['cmdline', 'environ'].some((file) => this.isNamedIn(read(`/proc/${pid}/${file}`))))
      .map(Number);
  }

  /** These processes, by number and command. */
  processes(): string[] {
    return this.pids().map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
  }

  /** Files and folders of the home that other users may use, except those whose modes images and runs need. */
  openToOthers(folder = this.home): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      const own = (statSync(path).mode & 0o077) === 0 ? [] : [path];
      const isClosed = path === join(this.home, 'containers') || path === join(this.home, 'scratch', 'inputs');
      return entry.isDirectory() && !isClosed ? [...own, ...this.openToOthers(path)] : own;
    });
  }

  private isNamedIn(text: string): boolean {
    return pathsOfHome(this.home).some((path) => text.includes(path));
  }

  mounts(): string[] {
    return read('/proc/self/mountinfo')
      .split('\n')
      .filter((line) => this.isNamedIn(line));
  }

  remove(): void {
    for (const folder of [this.folder, this.programs]) rmSync(folder, { recursive: true, force: true });
  }
}

/** S3 of a stack with an account's key. */
export const s3As = ({ endpoints }: Stack, { accessKeyId, secretAccessKey }: Credential): S3Client =>
  new S3Client({
    endpoint: endpoints.s3,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });

export const put = (Bucket: string, Key: string, Body = 'x') =>
  new PutObjectCommand({ Bucket: `holdout-${Bucket}`, Key, Body });
export const get = (Bucket: string, Key: string) => new GetObjectCommand({ Bucket: `holdout-${Bucket}`, Key });

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
