import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ociEntries, tarOf } from '../images/image-archives.ts';
import { eventually } from '../eventually.ts';
import { endless, quick, SimulatedHome } from '../campaigns/simulated-home.ts';
import { CrashControl } from './control.ts';
import { lanePairs } from './effects.ts';
import { programsWithCrashPoints } from './programs.ts';

/** A worker that keeps dying needs time; a wait without progress ends here. */
const longest = { withinMs: 300_000, everyMs: 500 };

/** Cancelled while they run, and ended from outside while they run: two, since equal faults of three would block the class. */
const cancelled = ['s0-0', 's1-0', 's2-0', 's6-0', 's6-1'];
const terminated = ['s3-0', 's4-0'];
/** Cancelled before their turn. */
const queued = ['s6-2', 's6-3'];
/** Needs the larger class, which so gets a canary of its own. */
const large = { ...quick, sampleGpuMemoryMiB: 8_000, gpuMemoryMiB: 15_500 };

/**
 * A simulated campaign that has every effect of a worker. A team has two open submissions at most, so that the third of the last
 * team and the fourth wait for their turn.
 */
export class CrashingCampaign {
  readonly control = new CrashControl(mkdtempSync(join(tmpdir(), 'holdout-crash-')), lanePairs);
  readonly home = new SimulatedHome({ teams: [2, 2, 2, 2, 2, 2, 4], slots: { g4: 12, p3: 1 }, budgetUsd: 500 });

  async open(mode: 'off' | 'alone' | 'pairs'): Promise<void> {
    this.control.mode = mode;
    const programs = await programsWithCrashPoints(this.control);
    const busy = [...cancelled, ...terminated].map((name) => [name, endless]);
    await this.home.open({ ...Object.fromEntries(busy), 's5-1': large }, { programs });
    // With a base, of which a probe says something.
    writeFileSync(join(dirname(this.home.file), 'image.tar'), await tarOf(await ociEntries({ layers: 2 })));
  }

  /** Runs the campaign to its end, with the commands of its operator. */
  async run(): Promise<void> {
    await this.insist('start', this.home.file, '--detach');
    for (const submission of queued) await this.command('cancel', '--submission', submission, '--yes');
    const left = new Set([...cancelled, ...terminated]);
    while (left.size > 0) {
      const submission = await this.runningAmong(left);
      left.delete(submission);
      if (terminated.includes(submission)) await this.terminate(submission);
      else await this.command('cancel', '--submission', submission, '--yes');
    }
    await this.ended();
  }

  /** Scores a submission again, whether the campaign has ended or not, and waits for its end. */
  async rescore(submission: string): Promise<void> {
    await this.command('rescore', '--submission', submission, '--yes');
    await this.ended();
  }

  /** Repeats a command until it succeeds, or until an earlier attempt turns out to have succeeded. */
  command(command: string, ...args: string[]): Promise<void> {
    return this.insist(command, this.home.campaign, ...args);
  }

  async leaderboard(): Promise<string> {
    await this.command('leaderboard', '--csv');
    return readFileSync(this.fileOf('leaderboard.csv'), 'utf8');
  }

  /** Ends the stack. */
  async close(): Promise<void> {
    await this.home.stack?.close();
    this.home.stack = undefined;
  }

  async remove(): Promise<void> {
    await this.home.remove();
    rmSync(this.control.folder, { recursive: true, force: true });
  }

  private async insist(...args: string[]): Promise<void> {
    let said = '';
    const succeeds = async (): Promise<boolean> => {
      const { status, stdout, stderr } = await this.home.run(...args);
      said = stdout + stderr;
      return status === 0 || /already (?:ended|cancelled)|is being cancelled/.test(said);
    };
    await eventually(args.join(' '), succeeds, longest).catch((error: unknown) => {
      throw new Error(`holdout ${args.join(' ')}: ${said}`, { cause: error });
    });
  }

  /** Which of them runs first depends on the crashes, and a class gets few runs until one has worked. */
  private async runningAmong(submissions: ReadonlySet<string>): Promise<string> {
    let running: string | undefined;
    const isOne = async (): Promise<boolean> => {
      const active = (await this.home.activeJobs()).map(({ runKey }) => runKey.split('/')[1] ?? '');
      running = active.find((submission) => submissions.has(submission));
      return running !== undefined;
    };
    await eventually(`one of ${[...submissions].join()} runs`, isOne, longest);
    return running ?? '';
  }

  /** Ends the workflow of a submission, as somebody with access to Temporal may, and waits until that is on record. */
  private async terminate(submission: string): Promise<void> {
    await this.home.temporal.workflow.getHandle(`submission:${this.home.campaign}:${submission}`).terminate('planted');
    const record = this.fileOf(`ledger/${submission}/1.json`);
    await eventually(`${submission} is recorded`, () => existsSync(record), longest);
  }

  private async ended(): Promise<void> {
    const isOver = async (): Promise<boolean> => {
      const { status } = await this.home.temporal.workflow.getHandle(`campaign:${this.home.campaign}`).describe();
      return status.name === 'COMPLETED';
    };
    await eventually('the campaign ends', isOver, longest);
    await eventually('no job is left', async () => (await this.home.activeJobs()).length === 0, longest);
  }

  private fileOf(name: string): string {
    return join(this.home.folder, 's3', 'holdout-results', this.home.campaign, name);
  }
}
