import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { Population, SimulatedSubmission } from '../simulation/population.ts';
import { costMicroUsd } from '../model/money.ts';
import { worstCostMicroUsd } from '../model/run-limits.ts';
import { EventQueue } from '../simulation/event-queue.ts';
import {
  simulatedRunResult,
  type RunRules,
  type SimulatedRunResult,
  type SimulatedOrder,
} from '../simulation/simulated-run-result.ts';
import { SimulatedRound, type RoundMessage } from '../simulation/simulated-round.ts';
import type { Committed } from './planned-budget.ts';
import type { PlannedBudget } from './planned-budget.ts';

/** Everything a course is made of. */
export interface Planned {
  rules: RunRules;
  /** Submissions by team. */
  teams: readonly (readonly string[])[];
  /** Open submissions of one team. */
  perTeam: number;
  delays: PlannedDelays;
  /** Billed of every run beside its work. */
  startUpSeconds: number;
}

/** Seconds beside the runs: from a submission's start to its first request; around every run. */
export interface PlannedDelays {
  pull: number;
  handOver: number;
}

/** How a campaign goes that nothing stops; seconds count from its start. */
export interface Course {
  seconds: number;
  scored: number;
  /** In the order of their ends. */
  runs: PlannedRun[];
  /** Micro-dollars that the dearest run has to set aside. */
  worst: number;
  /** The most that is spent and set aside at a time. */
  committed: Committed;
}

export interface PlannedRun {
  class: string;
  rerun: boolean;
  endsAt: number;
  billedSeconds: number;
  costMicroUsd: number;
}

/**
 * Sends every submission through its evaluation by the rules of a real campaign, each run to the class that it prefers and
 * there in the order of asking. Neither budget nor deadline stops it and it never hurries, so that the plan can say what
 * they would have to be. Under a budget, runs wait while others have set its money aside. Deterministic. Pure.
 */
export function courseOf(planned: Planned, population: Population, seed: number, budget?: PlannedBudget): Course {
  return new Courses(planned, population, seed, budget).run();
}

interface Line {
  on: InstanceClass;
  /** Micro-dollars that a run sets aside until it ends. */
  worst: number;
  free: number;
  waiting: Asking[];
  /** How many of the waiting have been served. */
  served: number;
}

interface Asking {
  submission: Open;
  n: number;
  purpose: 'probe' | 'evaluation';
  rerun: boolean;
}

interface Open {
  name: string;
  team: number;
  round: SimulatedRound;
}

class Courses {
  private readonly events = new EventQueue();
  private readonly lines: Map<string, Line>;
  private readonly begun: number[];
  private readonly ends = new Map<SimulatedSubmission, Map<string, SimulatedRunResult>>();
  private readonly runs: PlannedRun[] = [];
  private now = 0;
  private running = 0;
  private scored = 0;
  private worst = 0;
  private readonly committed: Committed = { all: 0, firstRuns: 0 };
  private readonly mostCommitted: Committed = { all: 0, firstRuns: 0 };

  constructor(
    private readonly planned: Planned,
    private readonly population: Population,
    private readonly seed: number,
    private readonly budget: PlannedBudget | undefined,
  ) {
    const { instanceClasses: classes, limits } = planned.rules;
    this.lines = new Map(
      classes.map((on) => {
        const worst = worstCostMicroUsd(limits, on, classes);
        return [on.name, { on, worst, free: on.slots, waiting: [], served: 0 }];
      }),
    );
    this.begun = planned.teams.map(() => 0);
  }

  run(): Course {
    const { teams, perTeam } = this.planned;
    const most = teams.reduce((longest, { length }) => Math.max(longest, length), 0);
    for (let round = 0; round < Math.min(perTeam, most); round += 1)
      for (const team of teams.keys()) this.startNext(team);
    for (let next = this.events.next; next < Infinity; next = this.events.next) {
      this.now = next;
      this.events.runUntil(next);
    }
    const runs = this.runs.sort((a, b) => a.endsAt - b.endsAt);
    return { seconds: this.now, scored: this.scored, runs, worst: this.worst, committed: this.mostCommitted };
  }

  private startNext(team: number): void {
    const begun = this.begun[team] ?? 0;
    const name = this.planned.teams[team]?.[begun];
    if (name === undefined) return;
    this.begun[team] = begun + 1;
    const submission = { name, team, round: new SimulatedRound(this.planned.rules, name) };
    this.events.schedule(this.now + this.planned.delays.pull, () =>
      this.take(submission, submission.round.begin(false)),
    );
  }

  private take(submission: Open, step: RoundMessage): void {
    if (step.kind === 'report') {
      if (step.report.state === 'finished') this.scored += 1;
      this.startNext(submission.team);
      return;
    }
    const { n, purpose, rerun, options } = step.request;
    const [preferred] = options;
    const line = this.lines.get(preferred?.class ?? '');
    if (preferred === undefined || line === undefined) throw new RangeError(`${submission.name} asks for no class`);
    this.worst = Math.max(this.worst, preferred.worst);
    line.waiting.push({ submission, n, purpose, rerun });
    this.serve(line);
  }

  private serve(line: Line): void {
    for (let next = line.waiting[line.served]; next && line.free > 0; next = line.waiting[line.served]) {
      if (!this.isAffordable(line.worst, next.rerun)) return;
      line.served += 1;
      line.free -= 1;
      this.begin(line, next);
    }
  }

  /** One run at a time always is: a course comes to its end. */
  private isAffordable(worst: number, rerun: boolean): boolean {
    if (this.budget === undefined || this.running === 0) return true;
    const { microUsd, rerunReserveShare } = this.budget;
    const { all, firstRuns } = this.committed;
    return all + worst <= microUsd && (rerun || firstRuns + worst <= microUsd * (1 - rerunReserveShare));
  }

  private begin(line: Line, { submission, n, purpose, rerun }: Asking): void {
    const { delays, startUpSeconds } = this.planned;
    const { on, worst } = line;
    const end = this.endOf({ submission: submission.name, n, purpose, instanceClass: on });
    const billedSeconds = end.billedSeconds + startUpSeconds;
    const cost = costMicroUsd(billedSeconds, on.microUsdPerHour);
    const endsAt = this.now + billedSeconds;
    this.runs.push({ class: on.name, rerun, endsAt, billedSeconds, costMicroUsd: cost });
    this.commit(worst, rerun);
    this.running += 1;
    this.events.schedule(endsAt + delays.handOver, () => {
      this.commit(cost - worst, rerun);
      line.free += 1;
      this.running -= 1;
      this.take(submission, submission.round.runEnded(on, end));
      for (const other of this.budget ? this.lines.values() : [line]) this.serve(other);
    });
  }

  private commit(more: number, rerun: boolean): void {
    const { committed, mostCommitted } = this;
    committed.all += more;
    if (!rerun) committed.firstRuns += more;
    mostCommitted.all = Math.max(mostCommitted.all, committed.all);
    mostCommitted.firstRuns = Math.max(mostCommitted.firstRuns, committed.firstRuns);
  }

  /** Runs that end well and leave nothing to chance are all the same for the same needs: one of them is looked at. */
  private endOf(order: SimulatedOrder): SimulatedRunResult {
    const { population } = this;
    const needs = population.submissions.get(order.submission) ?? population.others;
    const ends = this.ends.get(needs) ?? new Map<string, SimulatedRunResult>();
    this.ends.set(needs, ends);
    const key = `${order.purpose} ${order.instanceClass.name}`;
    const known = ends.get(key);
    if (known) return known;
    const end = simulatedRunResult(this.planned.rules, population, this.seed, order);
    const isCertain = needs.spread === 0 && population.classes.get(order.instanceClass.name)?.lossesPerHour === 0;
    if (isCertain && end.reason === null) ends.set(key, end);
    return end;
  }
}
