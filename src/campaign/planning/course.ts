import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { Population, SimulatedSubmission } from '../simulation/population.ts';
import { costMicroUsd, worstCostMicroUsd } from '../model/money.ts';
import { preferredFarFromDeadline } from '../scheduling/spot-rule.ts';
import { EventQueue } from '../simulation/event-queue.ts';
import {
  simulatedRunResult,
  type RunRules,
  type SimulatedOrder,
  type SimulatedRunResult,
} from '../simulation/simulated-run-result.ts';
import { SimulatedRound, type RoundMessage } from '../simulation/simulated-round.ts';

/** The campaign whose course is simulated. */
export interface PlannedCampaign {
  rules: RunRules;
  /** Submissions by team. */
  teams: readonly (readonly string[])[];
  /** Maximum of open submissions of one team. */
  perTeam: number;
  delays: PlannedDelays;
  /** Billed for every run in addition to its work. */
  startUpSeconds: number;
}

/** Seconds outside the runs: from the start of a submission to its first request, and after every run. */
export interface PlannedDelays {
  pull: number;
  handOver: number;
}

/** Micro-dollars, and the share of them that only evaluations after a submission's first one may use. */
export interface PlannedBudget {
  microUsd: number;
  rerunReserveShare: number;
}

/** Micro-dollars for all runs, and for probes and first evaluations only. */
export interface Committed {
  all: number;
  firstRuns: number;
}

/** The course of a campaign that nothing stops, in seconds from its start. */
export interface Course {
  seconds: number;
  scored: number;
  /** In the order of their ends. */
  runs: PlannedRun[];
  /** Micro-dollars that the most expensive run reserves. */
  worstCaseMicroUsd: number;
  /** Maximum of the money spent and reserved at one time. */
  committed: Committed;
}

interface PlannedRun {
  class: string;
  rerun: boolean;
  endsAt: number;
  billedSeconds: number;
  costMicroUsd: number;
}

/**
 * Simulates every submission's evaluation with the rules of a real campaign. Each run goes to the class it prefers, in the
 * order of the requests. Budget and deadline do not stop the campaign and grants are never expedited, so that a plan can
 * say which budget and deadline are needed. With a budget, runs wait while other runs have reserved its money.
 */
export function courseOf(
  planned: PlannedCampaign,
  population: Population,
  seed: number,
  budget?: PlannedBudget,
): Course {
  return new CourseSimulation(planned, population, seed, budget).run();
}

interface ClassQueue {
  instanceClass: InstanceClass;
  /** Micro-dollars that a run reserves until it ends. */
  reservedMicroUsd: number;
  freeSlots: number;
  waiting: WaitingRun[];
  /** Number of waiting runs that have already begun. */
  begun: number;
}

interface WaitingRun {
  submission: OpenRound;
  n: number;
  purpose: 'probe' | 'evaluation';
  rerun: boolean;
}

interface OpenRound {
  name: string;
  team: number;
  round: SimulatedRound;
  machinesLost: number;
}

class CourseSimulation {
  private readonly events = new EventQueue();
  private readonly queues: Map<string, ClassQueue>;
  /** By team: started submissions. */
  private readonly started: number[];
  private readonly certainResults = new Map<SimulatedSubmission, Map<string, SimulatedRunResult>>();
  private readonly runs: PlannedRun[] = [];
  private now = 0;
  private running = 0;
  private scored = 0;
  private worstCaseMicroUsd = 0;
  private readonly committed: Committed = { all: 0, firstRuns: 0 };
  private readonly maxCommitted: Committed = { all: 0, firstRuns: 0 };

  constructor(
    private readonly planned: PlannedCampaign,
    private readonly population: Population,
    private readonly seed: number,
    private readonly budget: PlannedBudget | undefined,
  ) {
    const { instanceClasses: classes, limits } = planned.rules;
    this.queues = new Map(
      classes.map((instanceClass) => {
        const reservedMicroUsd = worstCostMicroUsd(limits, instanceClass, classes);
        const { name, slots } = instanceClass;
        return [name, { instanceClass, reservedMicroUsd, freeSlots: slots, waiting: [], begun: 0 }];
      }),
    );
    this.started = planned.teams.map(() => 0);
  }

  run(): Course {
    const { teams, perTeam } = this.planned;
    const mostSubmissions = teams.reduce((most, { length }) => Math.max(most, length), 0);
    for (let round = 0; round < Math.min(perTeam, mostSubmissions); round += 1)
      for (const team of teams.keys()) this.startNext(team);
    for (let next = this.events.next; next < Infinity; next = this.events.next) {
      this.now = next;
      this.events.runUntil(next);
    }
    const runs = this.runs.sort((a, b) => a.endsAt - b.endsAt);
    const { now: seconds, scored, worstCaseMicroUsd, maxCommitted: committed } = this;
    return { seconds, scored, runs, worstCaseMicroUsd, committed };
  }

  private startNext(team: number): void {
    const started = this.started[team] ?? 0;
    const name = this.planned.teams[team]?.[started];
    if (name === undefined) return;
    this.started[team] = started + 1;
    const submission = { name, team, round: new SimulatedRound(this.planned.rules, name), machinesLost: 0 };
    this.events.schedule(this.now + this.planned.delays.pull, () =>
      this.receive(submission, submission.round.begin(false)),
    );
  }

  private receive(submission: OpenRound, message: RoundMessage): void {
    if (message.kind === 'report') {
      if (message.report.state === 'finished') this.scored += 1;
      this.startNext(submission.team);
      return;
    }
    const { n, purpose, rerun, options, settles } = message.request;
    if (settles?.reason === 'spot-reclaimed') submission.machinesLost += 1;
    const preferred = preferredFarFromDeadline(options, submission.machinesLost);
    const queue = this.queues.get(preferred?.class ?? '');
    if (preferred === undefined || queue === undefined) throw new RangeError(`${submission.name} requests no class`);
    this.worstCaseMicroUsd = Math.max(this.worstCaseMicroUsd, preferred.worst);
    queue.waiting.push({ submission, n, purpose, rerun });
    this.fill(queue);
  }

  private fill(queue: ClassQueue): void {
    for (let next = queue.waiting[queue.begun]; next && queue.freeSlots > 0; next = queue.waiting[queue.begun]) {
      if (!this.isAffordable(queue.reservedMicroUsd, next.rerun)) return;
      queue.begun += 1;
      queue.freeSlots -= 1;
      this.begin(queue, next);
    }
  }

  /** A run is always affordable if no other is running, so that every course ends. */
  private isAffordable(reserved: number, rerun: boolean): boolean {
    if (this.budget === undefined || this.running === 0) return true;
    const { microUsd, rerunReserveShare } = this.budget;
    const { all, firstRuns } = this.committed;
    return all + reserved <= microUsd && (rerun || firstRuns + reserved <= microUsd * (1 - rerunReserveShare));
  }

  private begin(queue: ClassQueue, { submission, n, purpose, rerun }: WaitingRun): void {
    const { delays, startUpSeconds } = this.planned;
    const { instanceClass, reservedMicroUsd } = queue;
    const result = this.resultOf({ submission: submission.name, n, purpose, instanceClass });
    const billedSeconds = result.billedSeconds + startUpSeconds;
    const cost = costMicroUsd(billedSeconds, instanceClass.microUsdPerHour);
    const endsAt = this.now + billedSeconds;
    this.runs.push({ class: instanceClass.name, rerun, endsAt, billedSeconds, costMicroUsd: cost });
    this.commit(reservedMicroUsd, rerun);
    this.running += 1;
    this.events.schedule(endsAt + delays.handOver, () => {
      this.commit(cost - reservedMicroUsd, rerun);
      queue.freeSlots += 1;
      this.running -= 1;
      this.receive(submission, submission.round.runEnded(instanceClass, result));
      for (const other of this.budget ? this.queues.values() : [queue]) this.fill(other);
    });
  }

  private commit(change: number, rerun: boolean): void {
    const { committed, maxCommitted } = this;
    committed.all += change;
    if (!rerun) committed.firstRuns += change;
    maxCommitted.all = Math.max(maxCommitted.all, committed.all);
    maxCommitted.firstRuns = Math.max(maxCommitted.firstRuns, committed.firstRuns);
  }

  /** Simulates a run. Successful runs without a random part have one result for the same needs, which is simulated once. */
  private resultOf(order: SimulatedOrder): SimulatedRunResult {
    const { population } = this;
    const needs = population.submissions.get(order.submission) ?? population.others;
    const results = this.certainResults.get(needs) ?? new Map<string, SimulatedRunResult>();
    this.certainResults.set(needs, results);
    const key = `${order.purpose} ${order.instanceClass.name}`;
    const known = results.get(key);
    if (known) return known;
    const result = simulatedRunResult(this.planned.rules, population, this.seed, order);
    const isCertain = needs.spread === 0 && population.classes.get(order.instanceClass.name)?.lossesPerHour === 0;
    if (isCertain && result.reason === null) results.set(key, result);
    return result;
  }
}
