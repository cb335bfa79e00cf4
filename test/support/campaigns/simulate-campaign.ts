import { isProbeUseless, type BaseImageRecord } from '../../../src/campaign/evaluation/base-image-record.ts';
import {
  applyReport,
  applyStart,
  applySettlement,
  applyRunRequest,
} from '../../../src/campaign/state/apply-messages.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { forecastOf, isDeadlineAtRisk } from '../../../src/campaign/forecasting/forecast.ts';
import type { FrozenCampaign, InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { isDone } from '../../../src/campaign/scheduling/blocked-reason.ts';
import { initialState } from '../../../src/campaign/state/initial-state.ts';
import { setDeadlineAtRisk } from '../../../src/campaign/state/settings.ts';
import type { OperatorCommand } from '../../../src/campaign/operators/operator-commands.ts';
import { applyCommand } from '../../../src/campaign/operators/apply-command.ts';
import type { Population } from '../../../src/campaign/simulation/population.ts';
import { decide, type Decision } from '../../../src/campaign/scheduling/scheduler.ts';
import { EventQueue } from '../../../src/campaign/simulation/event-queue.ts';
import { simulatedEnd } from '../../../src/campaign/simulation/simulated-end.ts';
import { SimulatedRound, type NextStep } from '../../../src/campaign/simulation/simulated-round.ts';
import { limitsOf } from '../../../src/campaign/scheduling/starts.ts';

export interface Simulation {
  /** The rules: classes, slots, limits, money, deadline, fairness. */
  frozen: FrozenCampaign;
  /** Submissions by team, in the order of the published seed. */
  teams: readonly (readonly string[])[];
  /** What the submissions need and do. */
  population: Population;
  seed: number;
  /** Instant (ms) of the start. */
  startsAt: number;
  delays: SimulatedDelays;
  /** In a hurry from start to end, or never; where it is left out the forecast decides. */
  hurry?: boolean;
  /** What operators do, by instant (ms). */
  acts?: readonly { at: number; act: OperatorCommand; team: number }[];
  /** Sees the state after every decision; it must not change it. */
  watch?: (state: CampaignState, now: number) => void;
  /** Where it goes no further, asked after every decision. */
  until?: (state: CampaignState) => boolean;
}

/** Seconds that pass beside the runs. */
export interface SimulatedDelays {
  /** From a submission's start to its first request. */
  pull: number;
  /** From a grant to the start of the job, and from the job's end until the campaign hears of it. */
  handOver: number;
  /** Between looks at the forecast. */
  tick: number;
}

/** One submission's way; instants in ms. */
export interface SimulatedWay {
  submission: string;
  team: number;
  startedAt: number;
  runs: { class: string; purpose: 'probe' | 'evaluation'; grantedAt: number; billedSeconds: number }[];
  endedAt?: number;
  state?: 'finished' | 'failed' | 'cancelled';
}

export interface SimulatedResult {
  /** False: it was not to go further, or it holds, and nothing but an operator makes it go on. */
  done: boolean;
  /** Instant (ms) of the last event. */
  endedAt: number;
  /** The campaign's state at its end: money, counts, reasons. */
  state: CampaignState;
  /** In the order of their starts. */
  ways: SimulatedWay[];
  /** How often a hurry began or ended. */
  hurryChanges: number;
}

/** Goes through a whole campaign on a virtual clock, by the rules that decide a real one. Deterministic. Pure. */
export function simulateCampaign(simulation: Simulation): SimulatedResult {
  return new Course(simulation).run();
}

class Course {
  private readonly events = new EventQueue();
  private readonly state: CampaignState;
  private readonly classes: Map<string, InstanceClass>;
  private readonly rounds = new Map<string, SimulatedRound>();
  private readonly ways = new Map<string, SimulatedWay>();
  private readonly bases = new Map<string, BaseImageRecord>();
  private now: number;
  private lastChange: number;
  private hurryChanges = 0;

  constructor(private readonly simulation: Simulation) {
    const { frozen, teams, startsAt } = simulation;
    const weights = teams.flatMap((_, team) => {
      const weight = frozen.fairness.weights[`${team}`];
      return weight === undefined ? [] : [{ team, name: `${team}`, weight }];
    });
    const rounds = teams.map(({ length }) => length);
    this.state = initialState(frozen, { workLists: [], rounds, started: teams.map(() => 0), weights });
    setDeadlineAtRisk(this.state, simulation.hurry ?? false);
    this.classes = new Map(frozen.instanceClasses.map((row) => [row.name, row]));
    this.now = startsAt;
    this.lastChange = startsAt;
  }

  run(): SimulatedResult {
    const { acts = [], delays, hurry, startsAt, watch, until } = this.simulation;
    for (const { at, act, team } of acts) this.events.plan(at, () => applyCommand(act, this.state, team, at));
    let nextTick = hurry === undefined ? startsAt + delays.tick * 1000 : Infinity;
    for (;;) {
      this.carryOut(
        decide(this.state, limitsOf(this.state, this.simulation.frozen.fairness.perTeamInFlight), this.now),
      );
      watch?.(this.state, this.now);
      const next = this.events.next;
      if (isDone(this.state) || next === Infinity || until?.(this.state)) break;
      if (nextTick < next) {
        this.now = nextTick;
        nextTick += delays.tick * 1000;
        this.lookAhead();
        continue;
      }
      this.now = next;
      this.lastChange = next;
      this.events.passTo(next);
    }
    const { state, lastChange, hurryChanges } = this;
    return { done: isDone(state), endedAt: lastChange, state, ways: [...this.ways.values()], hurryChanges };
  }

  private lookAhead(): void {
    const { instanceClasses, fairness } = this.simulation.frozen;
    const forecast = forecastOf(this.state, instanceClasses, this.now, fairness.perTeamInFlight);
    const deadlineAtRisk = isDeadlineAtRisk(this.state, forecast);
    if (deadlineAtRisk !== this.state.deadlineAtRisk) this.hurryChanges += 1;
    setDeadlineAtRisk(this.state, deadlineAtRisk);
  }

  private carryOut(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      if (decision.kind === 'start') this.start(decision.team, decision.index);
      else if (decision.kind === 'grant') this.grant(decision.submission, decision.n, decision.class);
      else this.take(decision.submission, this.roundOf(decision.submission).refused(decision.reason));
    }
  }

  private start(team: number, index: number): void {
    const { frozen, teams, delays } = this.simulation;
    const submission = teams[team]?.[index];
    if (submission === undefined) throw new RangeError(`team ${team} has no submission ${index}`);
    const round = new SimulatedRound(frozen, submission);
    this.rounds.set(submission, round);
    this.ways.set(submission, { submission, team, startedAt: this.now, runs: [] });
    applyStart(this.state, submission, team, 1);
    this.events.plan(this.now + delays.pull * 1000, () =>
      this.take(submission, round.begin(isProbeUseless(this.lessonsOf(submission)))),
    );
  }

  private grant(submission: string, n: number, onClass: string): void {
    const { frozen, population, seed, delays } = this.simulation;
    const on = this.classes.get(onClass);
    const purpose = this.state.open.get(submission)?.grant?.purpose;
    if (on === undefined || purpose === undefined) throw new RangeError(`a grant of ${submission} on ${onClass}`);
    const end = simulatedEnd(frozen, population, seed, { submission, n, purpose, on });
    this.ways.get(submission)?.runs.push({
      class: onClass,
      purpose,
      grantedAt: this.now,
      billedSeconds: end.billedSeconds,
    });
    const heardAt = this.now + (end.billedSeconds + delays.handOver) * 1000;
    this.events.plan(heardAt, () => {
      if (end.profile) this.lessonsOf(submission)[end.profile.saturating ? 'saturating' : 'measured'] += 1;
      this.take(submission, this.roundOf(submission).runEnded(on, end));
    });
  }

  private take(submission: string, step: NextStep): void {
    if (step.kind === 'request') {
      applyRunRequest(this.state, step.request);
      return;
    }
    const { settles, report } = step;
    if (settles) applySettlement(this.state, settles);
    applyReport(this.state, report);
    this.rounds.delete(submission);
    const way = this.ways.get(submission);
    if (way) Object.assign(way, { endedAt: this.now, state: report.state });
  }

  /** What probes taught about the base of a submission. */
  private lessonsOf(submission: string): BaseImageRecord {
    const { submissions, others } = this.simulation.population;
    const { base } = submissions.get(submission) ?? others;
    const lessons = this.bases.get(base ?? '') ?? { saturating: 0, measured: 0 };
    if (base !== undefined) this.bases.set(base, lessons);
    return lessons;
  }

  private roundOf(submission: string): SimulatedRound {
    const round = this.rounds.get(submission);
    if (round === undefined) throw new RangeError(`${submission} is not under way`);
    return round;
  }
}
