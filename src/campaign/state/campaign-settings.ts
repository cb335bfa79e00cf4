import { classShortageMs } from './class-shortage.ts';
import { byName } from '../model/by-name.ts';
import type { Reason } from '../model/reasons.ts';
import { logLines, type OperatorLogLine } from './operators-log.ts';
import { defaultTreatment, type Treatment } from './team-settings.ts';

/** The rounds by team, in the order of the work lists, and the teams whose weight the campaign file gives. */
export interface Work {
  workLists: readonly string[];
  /** By team, including rounds that were final or under way when the first list was made. */
  rounds: number[];
  /** By team: rounds that were final or under way when the first list was made. */
  started: number[];
  weights: { team: number; name: string; weight: number }[];
}

/** The part of a campaign's state that the campaign file, operators and the forecast decide. */
export class CampaignSettings {
  /** S3 keys of the work lists, in order. */
  workLists: readonly string[] = [];
  /** By team: rounds in the work lists. */
  rounds: readonly number[] = [];
  /** By team: rounds started, in the order of the lists. */
  started: number[] = [];
  /** By team: settings by the campaign file or an operator, if not the default. */
  treatments = new Map<number, Treatment>();
  /** By class. */
  slots = byName<number>();
  /** By class that recently had no machine: the instant (ms) until which it gets no runs. */
  shortUntil = byName<number>();
  /** ISO instant. */
  deadline = '';
  paused = false;
  /** More expensive classes are granted where a dollar buys most time. */
  deadlineAtRisk = false;
  /** Set by `close` and `abort`: nothing is started or granted any more, and waiting requests are refused. */
  closing: Reason | undefined = undefined;
  /** The last lines only; all of them are in the ledger. */
  operatorsLog: OperatorLogLine[] = [];

  /** Changes settings by which a campaign as a whole continues or stops. */
  set(change: Partial<Pick<CampaignSettings, 'deadline' | 'paused' | 'deadlineAtRisk' | 'closing'>>): void {
    Object.assign(this, change);
  }

  setSlots(name: string, count: number): void {
    this.slots[name] = count;
  }

  /** A class had no machine: it gets no runs for a while. */
  markShort(name: string, now: number): void {
    this.shortUntil[name] = now + classShortageMs;
  }

  /** Changes how a team is treated; `name` is its id. */
  treat(team: number, name: string, change: Partial<Treatment>): void {
    this.treatments.set(team, { ...defaultTreatment, ...this.treatments.get(team), team: name, ...change });
  }

  unpauseTeam(team: number): void {
    const treatment = this.treatments.get(team);
    if (treatment?.paused) this.treat(team, treatment.team, { paused: false });
  }

  /** Adds the rounds of further work lists; teams that are new have started what `work` counts as started. */
  addWork({ workLists, rounds, started }: Pick<Work, 'workLists' | 'rounds' | 'started'>): void {
    this.workLists = workLists;
    this.rounds = rounds;
    this.started = rounds.map((_, team) => this.started[team] ?? started[team] ?? 0);
  }

  log(line: OperatorLogLine): void {
    this.operatorsLog = [...this.operatorsLog, line].slice(-logLines);
  }

  /** The team's next round starts; returns the index of the round among the team's rounds. */
  takeNextRound(team: number): number {
    const index = this.started[team] ?? 0;
    this.started[team] = index + 1;
    return index;
  }

  hasRoundsToStart(): boolean {
    return this.rounds.some((_, team) => this.roundsLeft(team) > 0);
  }

  /** How many rounds of a team have not started. */
  roundsLeft(team: number): number {
    return (this.rounds[team] ?? 0) - (this.started[team] ?? 0);
  }
}
