import { isProbeUseless, type BaseImageRecord } from '../../../src/campaign/evaluation/useless-probes.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { forecastOf, isDeadlineAtRisk } from '../../../src/campaign/forecasting/forecast.ts';
import type { FrozenCampaign, InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { initialState } from '../../../src/campaign/state/initial-state.ts';
import type { OperatorCommand } from '../../../src/campaign/operators/operator-commands.ts';
import { applyCommand } from '../../../src/campaign/operators/apply-command.ts';
import type { Population } from '../../../src/campaign/simulation/population.ts';
import { decide, type Decision } from '../../../src/campaign/scheduling/scheduler.ts';
import { EventQueue } from '../../../src/campaign/simulation/event-queue.ts';
import { simulatedRunResult } from '../../../src/campaign/simulation/simulated-run-result.ts';
import { SimulatedRound, type RoundMessage } from '../../../src/campaign/simulation/simulated-round.ts';
import { limitsOf } from '../../../src/campaign/scheduling/starts.ts';
import { isDone } from '../../../src/campaign/scheduling/is-done.ts';

export interface Simulation {
  /** The rules: classes, slots, limits, budget, deadline, fairness. */
  frozen: FrozenCampaign;
  /** Submissions by team, in the order of the published seed. */
  teams: readonly (readonly string[])[];
  /** Needs and behaviour of the submissions. */
  population: Population;
  seed: number;
  /** Instant (ms) of the start. */
  startsAt: number;
  delays: SimulatedDelays;
  /** Whether grants are expedited throughout; if not given, the forecast decides. */
  expedited?: boolean;
  /** Operator commands and their instants (ms). */
  commands?: readonly { at: number; command: OperatorCommand; team: number }[];
  /** Receives the state after every decision; must not change it. */
  watch?: (state: CampaignState, now: number) => void;
  /** Stops the simulation; called after every decision. */
  until?: (state: CampaignState) => boolean;
}

/** Seconds that pass outside the runs. */
export interface SimulatedDelays {
  /** From a submission's start to its first request. */
  pull: number;
  /** From a grant to the start of the job plus from the end of the job to the settlement. */
  handOver: number;
  /** Between two forecasts. */
  tick: number;
}

/** The course of one submission; instants in ms. */
export interface SubmissionTrace {
  submission: string;
  team: number;
  startedAt: number;
  runs: { class: string; purpose: 'probe' | 'evaluation'; grantedAt: number; billedSeconds: number }[];
  endedAt?: number;
  state?: 'finished' | 'failed' | 'cancelled';
}

export interface SimulatedResult {
  /** False if the simulation was stopped or the campaign is blocked until an operator acts. */
  done: boolean;
  /** Instant (ms) of the last event. */
  endedAt: number;
  /** The final state: money, counts, reasons. */
  state: CampaignState;
  /** In the order of their starts. */
  traces: SubmissionTrace[];
  /** How often expediting began or ended. */
  expeditedChanges: number;
}

/** Runs a whole campaign on a virtual clock with the rules of a real one. Deterministic. */
export function simulateCampaign(simulation: Simulation): SimulatedResult {
  return new SimulatedCampaign(simulation).run();
}

class SimulatedCampaign {
  private readonly events = new EventQueue();
  private readonly state: CampaignState;
  private readonly classes: Map<string, InstanceClass>;
  private readonly rounds = new Map<string, SimulatedRound>();
  private readonly traces = new Map<string, SubmissionTrace>();
  private readonly baseImageRecords = new Map<string, BaseImageRecord>();
  private now: number;
  private lastChange: number;
  private expeditedChanges = 0;

  constructor(private readonly simulation: Simulation) {
    const { frozen, teams, startsAt } = simulation;
    const weights = teams.flatMap((_, team) => {
      const weight = frozen.fairness.weights[`${team}`];
      return weight === undefined ? [] : [{ team, name: `${team}`, weight }];
    });
    const rounds = teams.map(({ length }) => length);
    this.state = initialState(frozen, { workLists: [], rounds, started: teams.map(() => 0), weights });
    this.state.set({ deadlineAtRisk: simulation.expedited ?? false });
    this.classes = new Map(frozen.instanceClasses.map((row) => [row.name, row]));
    this.now = startsAt;
    this.lastChange = startsAt;
  }

  run(): SimulatedResult {
    const { commands = [], delays, expedited, startsAt, watch, until } = this.simulation;
    for (const { at, command, team } of commands)
      this.events.schedule(at, () => applyCommand(command, this.state, team, at));
    let nextTick = expedited === undefined ? startsAt + delays.tick * 1000 : Infinity;
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
        this.updateForecast();
        continue;
      }
      this.now = next;
      this.lastChange = next;
      this.events.runUntil(next);
    }
    const { state, lastChange, expeditedChanges } = this;
    return {
      done: isDone(state),
      endedAt: lastChange,
      state,
      traces: [...this.traces.values()],
      expeditedChanges,
    };
  }

  private updateForecast(): void {
    const { instanceClasses, fairness } = this.simulation.frozen;
    const forecast = forecastOf(this.state, instanceClasses, this.now, fairness.perTeamInFlight);
    const isAtRisk = isDeadlineAtRisk(this.state, forecast);
    if (isAtRisk !== this.state.deadlineAtRisk) this.expeditedChanges += 1;
    this.state.set({ deadlineAtRisk: isAtRisk });
  }

  private carryOut(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      if (decision.kind === 'start') this.start(decision.team, decision.index);
      else if (decision.kind === 'grant') this.grant(decision.submission, decision.n, decision.class);
      else this.receive(decision.submission, this.roundOf(decision.submission).refused(decision.reason));
    }
  }

  private start(team: number, index: number): void {
    const { frozen, teams, delays } = this.simulation;
    const submission = teams[team]?.[index];
    if (submission === undefined) throw new RangeError(`team ${team} has no submission ${index}`);
    const round = new SimulatedRound(frozen, submission);
    this.rounds.set(submission, round);
    this.traces.set(submission, { submission, team, startedAt: this.now, runs: [] });
    this.state.start(submission, team, 1);
    this.events.schedule(this.now + delays.pull * 1000, () =>
      this.receive(submission, round.begin(isProbeUseless(this.baseImageRecordOf(submission)))),
    );
  }

  private grant(submission: string, n: number, className: string): void {
    const { frozen, population, seed, delays } = this.simulation;
    const instanceClass = this.classes.get(className);
    const purpose = this.state.open.get(submission)?.grant?.purpose;
    if (instanceClass === undefined || purpose === undefined)
      throw new RangeError(`no grant of ${submission} on ${className}`);
    const result = simulatedRunResult(frozen, population, seed, { submission, n, purpose, instanceClass });
    const { billedSeconds, profile } = result;
    this.traces.get(submission)?.runs.push({ class: className, purpose, grantedAt: this.now, billedSeconds });
    this.events.schedule(this.now + (billedSeconds + delays.handOver) * 1000, () => {
      if (profile) this.baseImageRecordOf(submission)[profile.saturating ? 'saturating' : 'measured'] += 1;
      this.receive(submission, this.roundOf(submission).runEnded(instanceClass, result));
    });
  }

  private receive(submission: string, message: RoundMessage): void {
    if (message.kind === 'request') {
      this.state.request(message.request);
      return;
    }
    const { settles, report } = message;
    if (settles) this.state.settle(settles);
    this.state.finish(report);
    this.rounds.delete(submission);
    const trace = this.traces.get(submission);
    if (trace) Object.assign(trace, { endedAt: this.now, state: report.state });
  }

  /** What probes have shown about a submission's base image. */
  private baseImageRecordOf(submission: string): BaseImageRecord {
    const { submissions, others } = this.simulation.population;
    const { base } = submissions.get(submission) ?? others;
    const record = this.baseImageRecords.get(base ?? '') ?? { saturating: 0, measured: 0 };
    if (base !== undefined) this.baseImageRecords.set(base, record);
    return record;
  }

  private roundOf(submission: string): SimulatedRound {
    const round = this.rounds.get(submission);
    if (round === undefined) throw new RangeError(`${submission} has no open round`);
    return round;
  }
}
