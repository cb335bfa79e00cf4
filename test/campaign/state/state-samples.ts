import { CampaignState, type StateFields } from '../../../src/campaign/state/campaign-state.ts';
import type { Treatment } from '../../../src/campaign/state/team-settings.ts';
import type { FrozenCampaign, Purpose } from '../../../src/campaign/model/frozen-campaign.ts';
import { initialState } from '../../../src/campaign/state/initial-state.ts';
import type { RunRequest, RunSettlement, SubmissionReport } from '../../../src/campaign/model/messages.ts';
import { decide, type Decision } from '../../../src/campaign/scheduling/scheduler.ts';
import { usageOf } from '../../../src/campaign/scheduling/usage.ts';
import { caseCampaign, g4, p3 } from '../samples.ts';
import type { RunOption } from '../../../src/campaign/model/run-option.ts';
import { limitsOf } from '../../../src/campaign/scheduling/starts.ts';

export const now = Date.parse('2026-01-01T00:00:00Z');

/** Two slots on `g4` and one on `p3`, a budget of 1,000 micro-dollars, and teams 0, 1, 2 … with these numbers of rounds. */
export const campaignOf = (rounds: number[], change: Partial<FrozenCampaign> = {}): CampaignState =>
  initialState(
    caseCampaign({
      budget: { microUsd: 1_000, rerunReserveShare: 0 },
      instanceClasses: [
        { ...g4, name: 'g4', slots: 2 },
        { ...p3, name: 'p3', slots: 1 },
      ],
      ...change,
    }),
    { workLists: ['list'], rounds, started: rounds.map(() => 0), weights: [] },
  );

/** Sets fields as no message and no command could. */
export const given = (state: CampaignState, change: Partial<StateFields>): CampaignState =>
  Object.assign(state, change);

/** Another state that differs in these fields and shares the others. */
export const changed = (state: CampaignState, change: Partial<StateFields>): CampaignState =>
  new CampaignState({ ...(state as unknown as StateFields), ...change });

export const treat = (state: CampaignState, team: number, change: Partial<Treatment>): void =>
  state.treat(team, change.team ?? state.treatments.get(team)?.team ?? `team-${team}`, change);

export const option = (onClass: string, worst: number, change: Partial<RunOption> = {}): RunOption => ({
  class: onClass,
  worst,
  expected: worst,
  hours: 1,
  gpuMemoryMiB: onClass === 'p3' ? 16_160 : 15_109,
  ...change,
});

export const request = (
  submission: string,
  n: number,
  purpose: Purpose = 'evaluation',
  options: RunOption[] = [option('g4', 100)],
  rerun = false,
): RunRequest => ({ submission, n, purpose, rerun, options });

/** Run n of submission `s`, an evaluation on `g4`. */
export const settlement = (n: number, costMicroUsd: number, change: Partial<RunSettlement> = {}): RunSettlement => ({
  submission: 's',
  n,
  purpose: 'evaluation',
  rerun: false,
  class: 'g4',
  billedSeconds: 60,
  costMicroUsd,
  ...change,
});

export const report = (costMicroUsd: number, change: Partial<SubmissionReport> = {}): SubmissionReport => ({
  submission: 's',
  sequence: 1,
  state: 'finished',
  costMicroUsd,
  ...change,
});

/** Opens first rounds as the scheduler would have started them: `submission: team`. */
export function open(state: CampaignState, submissions: Record<string, number>): void {
  for (const [submission, team] of Object.entries(submissions)) {
    state.start(submission, team, 1);
    state.takeNextRound(team);
  }
}

export const decideNow = (state: CampaignState, at = now): Decision[] =>
  decide(state, { ...limitsOf(state, 2), inTurn: { canaryCosts: {} } }, at);

/** Submissions that were granted a run just now, with the class. */
export const grantsNow = (state: CampaignState, at = now): [submission: string, onClass: string][] =>
  decideNow(state, at).flatMap((decision) =>
    decision.kind === 'grant' ? [[decision.submission, decision.class] as [string, string]] : [],
  );

/** Slots and money that grants hold. */
export const holdings = (state: CampaignState): { slots: Record<string, number>; reserved: number } => {
  const { runsByClass: held, reserved } = usageOf(state);
  return { slots: { ...held }, reserved };
};

/** A state with a running, a settled and a waiting submission. */
export function bookedState(): CampaignState {
  const state = campaignOf([3, 1]);
  open(state, { s: 0, t: 0, u: 1 });
  for (const submission of ['s', 't']) state.request(request(submission, 1, 'probe'));
  decideNow(state);
  state.settle(settlement(1, 40, { submission: 't', purpose: 'probe' }));
  state.request(request('u', 1));
  state.markShort('p3', now);
  return state;
}
