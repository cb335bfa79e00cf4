import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CampaignResults } from '../../src/ledger/results.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { diagnosisOf } from './diagnosis.ts';
import { oddFolder, pathsOfHome } from './odd-folder.ts';

const freePorts = { HOLDOUT_TEMPORAL_PORT: '0', HOLDOUT_UI_PORT: '0', HOLDOUT_S3_PORT: '0', HOLDOUT_BATCH_PORT: '0' };

/** A separate HOLDOUT_HOME on which `holdout` runs as for a user: with real processes, stack and containers. */
export class CampaignHome {
  private readonly place = oddFolder('holdout-home');
  readonly folder = join(this.place.folder, 'home');
  private readonly running = new Set<ChildProcess>();

  constructor() {
    mkdirSync(this.folder, { mode: 0o700 });
  }

  /** Starts a command without waiting for its end; see {@link Started}. */
  start(args: string[]): Started {
    const child = spawn(process.execPath, [join(projectRoot(), 'scripts', 'holdout.mjs'), ...args], {
      env: { ...process.env, ...freePorts, HOLDOUT_HOME: this.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.running.add(child);
    child.once('close', () => this.running.delete(child));
    return new Started(child, this.folder);
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(args).end();
  }

  /** Job folders of the Batch endpoint, with the state of each job. */
  jobs(): { id: string; runnerPid: number | undefined; ended: boolean; runKey: string }[] {
    const folder = join(this.folder, 'batch', 'jobs');
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((id) => {
      const file = (name: string): string => join(folder, id, name);
      if (!existsSync(file('job.json'))) return [];
      const job = JSON.parse(readFileSync(file('job.json'), 'utf8')) as {
        detail: { container: { environment: { name: string; value: string }[] } };
      };
      const runKey = job.detail.container.environment.find(({ name }) => name === 'HOLDOUT_RUN_KEY')?.value ?? '';
      const runnerPid = existsSync(file('runner'))
        ? Number.parseInt(readFileSync(file('runner'), 'utf8'), 10)
        : undefined;
      return { id, runnerPid, ended: existsSync(file('exit')), runKey };
    });
  }

  runnersAlive(): number[] {
    return this.jobs().flatMap(({ runnerPid, ended }) =>
      runnerPid && !ended && isAlive(runnerPid) ? [runnerPid] : [],
    );
  }

  pidOf(part: string): number {
    const record = JSON.parse(readFileSync(join(this.folder, 'run', `${part}.json`), 'utf8')) as {
      identity: { pid: number };
    };
    return record.identity.pid;
  }

  /** Kills (-9) the opener and every part of the stack; runners and containers continue. */
  killStack(opener: Started): void {
    opener.child.kill('SIGKILL');
    for (const part of ['worker', 'scorer', 'batch', 's3', 'temporal']) killQuietly(this.pidOf(part));
  }

  /** Kills (-9) every runner and container. */
  killRuns(): void {
    for (const pid of this.runnersAlive()) killQuietly(pid);
    const { engine } = JSON.parse(readFileSync(join(this.folder, 'stack.json'), 'utf8')) as {
      engine: { command: string[] };
    };
    const [program = '', ...flags] = engine.command;
    spawnSync(program, [...flags, 'kill', '--all'], { stdio: 'ignore' });
  }

  /** Processes, mounts and control groups that the home left on this machine. */
  leftovers(): string[] {
    const paths = pathsOfHome(this.folder);
    const processes = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter(
        (pid) =>
          paths.some((path) => readQuietly(`/proc/${pid}/environ`).includes(`HOLDOUT_HOME=${path}`)) ||
          paths.some((path) => readQuietly(`/proc/${pid}/cmdline`).includes(path)),
      )
      .map((pid) => `process ${pid}: ${readQuietly(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => paths.some((path) => line.includes(path)));
    return [...processes, ...mounts];
  }

  /** Ends everything that a failed test left and removes the home. */
  async remove(): Promise<void> {
    await this.run('local', 'down');
    for (const child of this.running) child.kill('SIGKILL');
    rmSync(this.place.root, { recursive: true, force: true });
  }
}

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A running command. */
export class Started {
  private stdout = '';
  private stderr = '';
  private readonly closed: Promise<unknown>;

  constructor(
    readonly child: ChildProcess,
    private readonly home: string,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.closed = once(child, 'close');
  }

  /** Its stderr so far. */
  get stderrSoFar(): string {
    return this.stderr;
  }

  async end(): Promise<Ended> {
    await this.closed;
    return { status: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  /** Waits for a condition while the command runs; fails with the command's output and the state of its stack. */
  async until(what: string, holds: () => boolean, limitMs = 240_000): Promise<void> {
    for (const deadline = Date.now() + limitMs; !holds(); await delay(100)) {
      const { exitCode, signalCode } = this.child;
      if (exitCode !== null || signalCode !== null) throw new Error(`ended before ${what}:\n${this.stderr}`);
      if (Date.now() < deadline) continue;
      throw new Error(`not within ${limitMs} ms: ${what}\n${this.stderr}\n${await diagnosisOf(this.home)}`);
    }
  }
}

/** The object that `start --json` printed; fails with the command's stderr if there is none. */
export function resultsOf({ stdout, stderr }: Ended): CampaignResults {
  try {
    return JSON.parse(stdout) as CampaignResults;
  } catch (error) {
    throw new Error(`no results on stdout; stderr:\n${stderr}`, { cause: error });
  }
}

/** The leaderboard file of a campaign in the home. */
export const leaderboardIn = (home: CampaignHome, campaign: string): string =>
  readFileSync(join(home.folder, 'results', campaign, 'leaderboard.csv'), 'utf8');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
