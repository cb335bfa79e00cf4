import TinyQueue from 'tinyqueue';
import type { RandomStream } from '../random/random-stream.ts';
import { fastForward, type FastForward, type SchedulingPolicy } from './fast-forward.ts';
import { ParameterSample } from './parameter-sample.ts';
import type { AwaitedRun, RemainingWork } from './remaining-work.ts';
import { TeamQueue } from './team-queue.ts';

interface RunEnd {
  at: number;
  run: AwaitedRun;
  next: AwaitedRun | undefined;
}

interface ScenarioResult {
  /** From now to the end of the campaign. */
  seconds: number;
  /** Cost of all runs that have not ended yet. */
  microUsd: number;
}

/** Stands for the unknown teams of submissions that are only counted. */
const unknownTeam = -1;

/** One possible rest of a campaign, with one sample of its parameters: simulates the last submissions one by one. */
export class Scenario {
  private readonly ends = new TinyQueue<RunEnd>([], (a, b) => a.at - b.at);
  private readonly queues: { runs: AwaitedRun[]; next: number }[];
  private readonly probes: AwaitedRun[] = [];
  private readonly freeSlots: number[];
  private readonly unstarted: TeamQueue;
  private readonly sample: ParameterSample;
  private readonly skipped: FastForward;
  private now = 0;
  private microUsd: number;

  constructor(
    private readonly work: RemainingWork,
    private readonly policy: SchedulingPolicy,
    private readonly random: RandomStream,
  ) {
    this.sample = new ParameterSample(work, random);
    this.skipped = fastForward(work, this.sample, policy, random);
    this.microUsd = this.skipped.microUsd;
    this.freeSlots = work.classes.map(({ slots }) => slots);
    this.unstarted = new TeamQueue(work.unstarted.last, work.openPerTeam, policy.maxOpenPerTeam);
    this.queues = work.classes.map(() => ({ runs: [], next: 0 }));
    for (const run of work.running) this.begin(run, run.age);
  }

  run(): ScenarioResult {
    this.enqueueRemaining();
    for (let end = this.ends.pop(); end !== undefined; end = this.ends.pop()) {
      this.now = end.at;
      this.freeSlots[end.run.classIndex] = (this.freeSlots[end.run.classIndex] ?? 0) + 1;
      if (!this.work.closing) this.continueAfter(end);
    }
    return { seconds: Math.max(this.now, ...this.skipped.busyUntil), microUsd: this.microUsd };
  }

  /** Enqueues the runs that wait after the fast-forward. */
  private enqueueRemaining(): void {
    const { waiting, preparing, classes, entryClass } = this.work;
    const stillWaiting = new Set(this.skipped.waiting);
    for (const run of waiting) {
      if (run.probe || stillWaiting.has(run)) this.enqueue(run);
      else this.unstarted.end(run.team);
    }
    for (const [classIndex, count] of this.skipped.additional.entries()) {
      for (let added = 0; added < count; added += 1) {
        this.enqueue(this.sample.moved(this.sample.firstEvaluation(unknownTeam), classIndex));
      }
    }
    for (const team of preparing) this.enqueue(this.firstRun(team));
    if (classes[entryClass] && !this.work.closing) this.fill(entryClass);
  }

  private firstRun(team: number): AwaitedRun {
    const { entryClass, probing } = this.work;
    return probing
      ? { classIndex: entryClass, team, probe: true, expectedSeconds: undefined }
      : this.sample.firstEvaluation(team);
  }

  /** A class without slots passes its runs on to an alternative; without one, they never run. */
  private enqueue(run: AwaitedRun): void {
    const { slots = 0, alternatives = [] } = this.work.classes[run.classIndex] ?? {};
    const withSlots = alternatives.find((index) => (this.work.classes[index]?.slots ?? 0) > 0);
    const to = slots > 0 ? run.classIndex : withSlots;
    if (to === undefined) return;
    if (run.probe) this.probes.push(run);
    else this.queues[to]?.runs.push(to === run.classIndex ? run : this.sample.moved(run, to));
    this.fill(to);
    if (this.policy.expedited && !run.probe) for (const index of alternatives) this.fill(index);
  }

  private fill(classIndex: number): void {
    while ((this.freeSlots[classIndex] ?? 0) > 0) {
      const run = this.nextFor(classIndex);
      if (run === undefined) return;
      if (run.classIndex === classIndex) this.begin(run);
      else this.enqueue(run);
    }
  }

  /** The next run of the class itself; if grants are expedited, otherwise one that waits for a cheaper class. */
  private nextFor(classIndex: number): AwaitedRun | undefined {
    const next = classIndex === this.work.entryClass ? this.nextAtEntry() : this.shift(classIndex);
    if (next || !this.policy.expedited) return next;
    for (const [from, { alternatives }] of this.work.classes.entries()) {
      const run = alternatives.includes(classIndex) ? this.shift(from) : undefined;
      if (run) return this.sample.moved(run, classIndex);
    }
    return undefined;
  }

  /** Submissions start first as long as few evaluations wait, as in `grants`. */
  private nextAtEntry(): AwaitedRun | undefined {
    const { entryClass, classes } = this.work;
    const queue = this.queues[entryClass];
    const waiting = queue ? queue.runs.length - queue.next : 0;
    if (waiting > (classes[entryClass]?.slots ?? 0)) return this.shift(entryClass);
    return this.nextStart() ?? this.shift(entryClass);
  }

  private nextStart(): AwaitedRun | undefined {
    const probe = this.probes.pop();
    if (probe) return probe;
    const team = this.startSubmission();
    return team === undefined ? undefined : this.firstRun(team);
  }

  private shift(classIndex: number): AwaitedRun | undefined {
    const queue = this.queues[classIndex];
    const run = queue?.runs[queue.next];
    if (queue && run) queue.next += 1;
    return run;
  }

  /** Starts submissions until one reaches a run; returns its team. */
  private startSubmission(): number | undefined {
    for (;;) {
      const team = this.unstarted.start();
      if (team === undefined || this.random.next() < this.sample.evaluatedShare) return team;
      this.unstarted.end(team);
    }
  }

  /** `age`: seconds for which the run already holds its slot. */
  private begin(run: AwaitedRun, age = 0): void {
    const { classIndex } = run;
    const { overheadSeconds = 0, microUsdPerSecond = 0 } = this.work.classes[classIndex] ?? {};
    const { seconds, next } = this.sample.end(run, Math.max(0, age - overheadSeconds));
    this.freeSlots[classIndex] = (this.freeSlots[classIndex] ?? 0) - 1;
    this.microUsd += seconds * microUsdPerSecond;
    const start = Math.max(this.now, this.skipped.busyUntil[classIndex] ?? 0);
    this.ends.push({ at: start + Math.max(1, seconds + overheadSeconds - age), run, next });
  }

  private continueAfter({ run, next }: RunEnd): void {
    if (next) this.enqueue(next);
    else this.unstarted.end(run.team);
    this.fill(run.classIndex);
    this.fill(this.work.entryClass);
  }
}
