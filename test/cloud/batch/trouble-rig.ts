import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { parseRunKey } from '../../../src/ids.ts';
import { programsWithBatchAt } from '../../support/campaigns/programs-with-batch-at.ts';
import { endless, SimulatedHome, type ObservedJob } from '../../support/campaigns/simulated-home.ts';
import { eventually } from '../../support/eventually.ts';
import { FaultProxy, type BatchOperation, type Fault } from '../../support/servers/fault-proxy.ts';
import { freePort } from '../../support/servers/free-port.ts';

/** Every call of Batch that follows or ends a job, or makes one. */
export const jobOperations = ['submitjob', 'listjobs', 'describejobs', 'terminatejob', 'terminatejobs'] as const;

/** Batch refuses a call in these words. */
export const refuse = (status: number, type: string, message: string): Fault => ({
  kind: 'refuse',
  status,
  type,
  message,
});

/** Batch shows jobs that worked as RUNNING. */
const jobsNeverEnd: Fault = {
  kind: 'answer',
  change: (answer) => ({
    jobs: (answer['jobs'] as { status: string }[]).map((job) =>
      job.status === 'SUCCEEDED' ? { ...job, status: 'RUNNING' } : job,
    ),
  }),
};

/** How soon `status` names a fault, and `cancel` and `abort` end a campaign, whatever is missing, in ms. */
const told = 60_000;
const ended = 30_000;

interface Shape {
  /** One per team; 4 by default. */
  submissions?: number;
  /** On g4; 2 by default. */
  slots?: number;
  /** The first job is that of team t0 and ends at once; all others are endless. */
  firstEnds?: true;
}

/** A campaign whose worker reaches Batch through a proxy that injects faults. */
export class TroubleRig {
  readonly home: SimulatedHome;
  proxy!: FaultProxy;
  private programs = '';
  /** A campaign that has ended is started again by a retry of its cancelled submissions. */
  private isEnded = false;
  /** Submissions that were cancelled since the start. */
  private readonly cancelled = new Set<string>();

  constructor(private readonly shape: Shape = {}) {
    const teams = this.ids.map(() => 1);
    this.home = new SimulatedHome({ teams, slots: { g4: shape.slots ?? 2, p3: 1 }, budgetUsd: 5_000, unprobed: true });
  }

  private get ids(): string[] {
    return Array.from({ length: this.shape.submissions ?? 4 }, (_, team) => `s${team}-0`);
  }

  /** The submissions whose jobs do not end by themselves. */
  private get endless(): string[] {
    return this.ids.slice(this.shape.firstEnds ? 1 : 0);
  }

  async open(): Promise<void> {
    const batch = await freePort();
    this.proxy = new FaultProxy(() => `http://127.0.0.1:${batch}`);
    await this.proxy.start();
    this.programs = programsWithBatchAt(this.proxy.endpoint);
    await this.home.open(Object.fromEntries(this.endless.map((id) => [id, endless])), {
      programs: this.programs,
      ports: { temporal: 0, ui: 0, s3: 0, batch },
    });
  }

  async close(): Promise<void> {
    await this.home.remove();
    this.proxy?.stop();
    if (this.programs !== '') rmSync(this.programs, { recursive: true });
  }

  /** Removes all faults; after a failed test also ends the campaign. */
  async reset(hasPassed: boolean): Promise<void> {
    this.proxy.reset();
    if (hasPassed) return;
    await this.home.run('abort', this.home.campaign, '--yes');
    await this.home.run('watch', this.home.campaign);
  }

  inject(operations: readonly BatchOperation[], fault: Fault): void {
    for (const operation of operations) this.proxy.inject(operation, fault);
  }

  async start(): Promise<void> {
    this.cancelled.clear();
    if (this.isEnded) await this.home.command(0, 'retry', '--reason', 'cancelled', '--yes');
    else if (this.shape.firstEnds) await this.beginWithFirst();
    else await this.home.begin();
    this.isEnded = true;
  }

  /** The canary, which opens the class, ends once all submissions wait and t0 comes first. */
  private async beginWithFirst(): Promise<void> {
    this.inject(['describejobs'], jobsNeverEnd);
    await this.home.begin();
    await this.home.until('all wait', ({ counts }) => counts.waiting === this.ids.length);
    await this.home.command(0, 'reprioritise', '--team', 't0', '--priority', '1');
    this.proxy.reset();
  }

  /** Starts, and waits until this many jobs are RUNNING. */
  async startAndRun(jobs = 2): Promise<ObservedJob[]> {
    await this.start();
    const finished = this.ids.length - this.endless.length;
    await this.home.until(`${jobs} run`, ({ counts }) => counts.running === jobs && counts.finished === finished);
    let running: ObservedJob[] = [];
    await eventually('their jobs run', async () => {
      running = await this.home.activeJobs();
      return running.length === jobs && running.every(({ status }) => status === 'RUNNING');
    });
    return running;
  }

  async cancel({ runKey }: ObservedJob): Promise<void> {
    const { submission } = parseRunKey(runKey);
    await this.home.command(0, 'cancel', '--submission', submission, '--why', 'test', '--yes');
    this.cancelled.add(submission);
  }

  /** `status` says it within a minute. */
  async statusSays(says: RegExp): Promise<void> {
    let last = '';
    const isSaid = async (): Promise<boolean> => says.test((last = await this.home.command(0, 'status')));
    await eventually('it is told', isSaid, { withinMs: told, everyMs: 500 }).catch(() => assert.match(last, says));
  }

  /** `abort`, or `cancel` of every submission, ends the campaign within half a minute. */
  async endBy(command: 'abort' | 'cancel'): Promise<void> {
    const open = this.endless.filter((id) => !this.cancelled.has(id));
    const began = Date.now();
    await this.home.command(0, command, ...(command === 'cancel' ? ['--submission', ...open] : []), '--yes');
    await this.home.command(3, 'watch');
    const took = Date.now() - began;
    assert.ok(took < ended, `${command} took ${took} ms`);
  }

  /** Everything that did not end by itself. */
  async restIsCancelled(): Promise<void> {
    const states = (await this.home.results()).submissions.map(({ state }) => state);
    const expected = this.ids.map((id) => (this.endless.includes(id) ? 'cancelled' : 'finished'));
    assert.deepEqual(states.sort(), expected.sort());
  }

  async noneFailed(): Promise<void> {
    assert.equal((await this.home.progress()).counts.failed, 0);
  }
}
