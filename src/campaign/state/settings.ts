import {
  defaultTreatment,
  type CampaignState,
  type OperatorLogLine,
  type Treatment,
  type Writable,
} from './campaign-state.ts';
import type { Work } from './initial-state.ts';
import type { Reason } from '../model/reasons.ts';

/** Functions that write the decisions of operators and the forecast; messages of submissions are elsewhere. */

/** Lines of the operators' log that a campaign keeps; the ledger has all of them. */
export const logLines = 50;

export function setPaused(state: Writable<CampaignState>, paused: boolean): void {
  state.paused = paused;
}

/** The whole budget in micro-dollars. */
export function setBudget({ money }: Writable<CampaignState>, microUsd: number): void {
  money.budget = microUsd;
}

/** `deadline`: an ISO instant. */
export function setDeadline(state: Writable<CampaignState>, deadline: string): void {
  state.deadline = deadline;
}

export function setSlots({ slots }: Writable<CampaignState>, name: string, count: number): void {
  slots[name] = count;
}

/** From now on nothing is started or granted, and waiting requests are refused for this reason. */
export function close(state: Writable<CampaignState>, reason: Reason): void {
  state.closing = reason;
}

export function reopen(state: Writable<CampaignState>): void {
  delete state.closing;
}

/** Changes how a team is treated; `name` is its id. */
export function treatTeam(
  state: Writable<CampaignState>,
  team: number,
  name: string,
  change: Partial<Treatment>,
): void {
  state.treatments.set(team, { ...defaultTreatment, ...state.treatments.get(team), team: name, ...change });
}

export function unpauseTeam({ treatments }: Writable<CampaignState>, team: number): void {
  const treatment = treatments.get(team);
  if (treatment?.paused) treatments.set(team, { ...treatment, paused: false });
}

/** Whether the expensive classes are granted to meet the deadline. */
export function setDeadlineAtRisk(state: Writable<CampaignState>, deadlineAtRisk: boolean): void {
  state.deadlineAtRisk = deadlineAtRisk;
}

/** A class had no machine: it gets no runs until this instant (ms). */
export function markShort({ shortUntil }: Writable<CampaignState>, name: string, until: number): void {
  shortUntil[name] = until;
}

/** Adds the rounds of further work lists; teams that are new have started what `work` counts as started. */
export function addWork(state: Writable<CampaignState>, work: Pick<Work, 'workLists' | 'rounds' | 'started'>): void {
  state.workLists = work.workLists;
  state.rounds = work.rounds;
  state.started = work.rounds.map((_, team) => state.started[team] ?? work.started[team] ?? 0);
}

export function logCommand(state: Writable<CampaignState>, line: OperatorLogLine): void {
  state.operatorsLog = [...state.operatorsLog, line].slice(-logLines);
}
