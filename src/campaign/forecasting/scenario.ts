import TinyQueue from 'tinyqueue';
import type { RandomStream } from '../random/random-stream.ts';
import type { ParameterSample } from './parameter-sample.ts';
import type { AwaitedRun, RemainingWork } from './remaining-work.ts';
import type { Manner, Skipped } from './skip.ts';
import { StartLine } from './start-line.ts';

interface RunEnd {
  at: number;
  run: AwaitedRun;
  next: AwaitedRun | undefined;
}

/** Of submissions that are only counted nobody knows the team. */
const anyTeam = -1;

/** Lets the last submissions of a campaign run as one belief says. */
export class Scenario {
  private readonly ends = new TinyQueue<RunEnd>([], (a, b) => a.at - b.at);
  private readonly queues: { runs: AwaitedRun[]; next: number }[];
  private readonly probes: AwaitedRun[] = [];
  private readonly free: number[];
  private readonly line: StartLine;
  private now = 0;
  private microUsd: number;

  constructor(
    private readonly rest: RemainingWork,
    private readonly belief: ParameterSample,
    private readonly manner: Manner,
    private readonly skipped: Skipped,
    private readonly random: RandomStream,
  ) {
    this.microUsd = skipped.microUsd;
    this.free = rest.classes.map(({ slots }) => slots);
    this.line = new StartLine(rest.starts.last, rest.openOf, manner.perTeam);
    this.queues = rest.classes.map(() => ({ runs: [], next: 0 }));
    for (const run of rest.running) this.begin(run, run.age);
  }

  /** Seconds from now to the end, and micro-dollars for all that had not ended. */
  run(): { seconds: number; microUsd: number } {
    this.takeUp();
    for (let end = this.ends.pop(); end !== undefined; end = this.ends.pop()) {
      this.now = end.at;
      this.free[end.run.on] = (this.free[end.run.on] ?? 0) + 1;
      if (!this.rest.closing) this.goOn(end);
    }
    return { seconds: Math.max(this.now, ...this.skipped.until), microUsd: this.microUsd };
  }

  /** What waits once most has been skipped. */
  private takeUp(): void {
    const { waiting, preparing, classes, gate } = this.rest;
    const left = new Set(this.skipped.waiting);
    for (const run of waiting) {
      if (run.probe || left.has(run)) this.enqueue(run);
      else this.line.end(run.team);
    }
    for (const [on, count] of this.skipped.more.entries()) {
      for (let more = 0; more < count; more += 1) this.enqueue(this.belief.moved(this.belief.first(anyTeam), on));
    }
    for (const team of preparing) this.enqueue(this.firstRun(team));
    if (classes[gate] && !this.rest.closing) this.fill(gate);
  }

  private firstRun(team: number): AwaitedRun {
    const { gate, probing } = this.rest;
    return probing ? { on: gate, team, probe: true, expected: undefined } : this.belief.first(team);
  }

  /** A class without slots hands over to one that can do its work; nobody runs what none can. */
  private enqueue(run: AwaitedRun): void {
    const { slots = 0, detours = [] } = this.rest.classes[run.on] ?? {};
    const to = slots > 0 ? run.on : detours.find((on) => (this.rest.classes[on]?.slots ?? 0) > 0);
    if (to === undefined) return;
    if (run.probe) this.probes.push(run);
    else this.queues[to]?.runs.push(to === run.on ? run : this.belief.moved(run, to));
    this.fill(to);
    if (this.manner.hurry && !run.probe) for (const on of detours) this.fill(on);
  }

  private fill(on: number): void {
    while ((this.free[on] ?? 0) > 0) {
      const run = this.nextFor(on);
      if (run === undefined) return;
      if (run.on === on) this.begin(run);
      else this.enqueue(run);
    }
  }

  /** What waits for the class or begins there, else in a hurry what waits for a cheaper class. */
  private nextFor(on: number): AwaitedRun | undefined {
    const next = on === this.rest.gate ? this.nextAtGate() : this.shift(on);
    if (next || !this.manner.hurry) return next;
    for (const [from, { detours }] of this.rest.classes.entries()) {
      const run = detours.includes(on) ? this.shift(from) : undefined;
      if (run) return this.belief.moved(run, on);
    }
    return undefined;
  }

  /** Submissions begin first while few evaluations wait, see `grants`. */
  private nextAtGate(): AwaitedRun | undefined {
    const { gate, classes } = this.rest;
    const queue = this.queues[gate];
    const waiting = queue ? queue.runs.length - queue.next : 0;
    if (waiting > (classes[gate]?.slots ?? 0)) return this.shift(gate);
    return this.beginning() ?? this.shift(gate);
  }

  private beginning(): AwaitedRun | undefined {
    const probe = this.probes.pop();
    if (probe) return probe;
    const team = this.start();
    return team === undefined ? undefined : this.firstRun(team);
  }

  private shift(on: number): AwaitedRun | undefined {
    const queue = this.queues[on];
    const run = queue?.runs[queue.next];
    if (queue && run) queue.next += 1;
    return run;
  }

  /** The next submission that comes to a run at all. */
  private start(): number | undefined {
    for (;;) {
      const team = this.line.start();
      if (team === undefined || this.random.next() < this.belief.evaluated) return team;
      this.line.end(team);
    }
  }

  /** `age`: it runs already. */
  private begin(run: AwaitedRun, age = 0): void {
    const { on } = run;
    const { unbilled = 0, microUsdPerSecond = 0 } = this.rest.classes[on] ?? {};
    const { seconds, next } = this.belief.end(run, Math.max(0, age - unbilled));
    this.free[on] = (this.free[on] ?? 0) - 1;
    this.microUsd += seconds * microUsdPerSecond;
    const at = Math.max(this.now, this.skipped.until[on] ?? 0) + Math.max(1, seconds + unbilled - age);
    this.ends.push({ at, run, next });
  }

  private goOn({ run, next }: RunEnd): void {
    if (next) this.enqueue(next);
    else this.line.end(run.team);
    this.fill(run.on);
    this.fill(this.rest.gate);
  }
}
