import { openSubmission, settleRun, takeRequest } from '../../src/campaign/bookkeeping.ts';
import type { CampaignState } from '../../src/campaign/campaign-state.ts';
import type { RunOption } from '../../src/campaign/class-choice.ts';
import type { Purpose } from '../../src/campaign/frozen-campaign.ts';
import { initialState, limitsOf } from '../../src/campaign/initial-state.ts';
import type { RunRequest } from '../../src/campaign/protocol.ts';
import { decide, type Decision } from '../../src/campaign/scheduler.ts';
import { caseCampaign, g4, p3 } from './samples.ts';

export const now = Date.parse('2026-01-01T00:00:00Z');

/** Two slots on `g4` and one on `p3`, a budget of 1,000 micro-dollars and teams of so many submissions. */
export const campaignOf = (teams: Record<string, number>): CampaignState =>
  initialState(
    caseCampaign({
      budget: { microUsd: 1_000, rerunReserveShare: 0 },
      instanceClasses: [
        { ...g4, name: 'g4', slots: 2 },
        { ...p3, name: 'p3', slots: 1 },
      ],
    }),
    Object.entries(teams),
  );

export const option = (onClass: string, worst: number): RunOption => ({
  class: onClass,
  worst,
  expected: worst,
  hours: 1,
});

export const request = (
  submission: string,
  n: number,
  purpose: Purpose = 'evaluation',
  options: RunOption[] = [option('g4', 100)],
): RunRequest => ({ submission, n, purpose, options });

/** Opens submissions as the scheduler would have started them: `submission: team`. */
export function open(state: CampaignState, submissions: Record<string, string>): void {
  for (const [submission, team] of Object.entries(submissions)) {
    openSubmission(state, submission, team);
    const row = state.teams[team];
    if (row) row.next += 1;
  }
}

export const decideNow = (state: CampaignState, at = now): Decision[] => decide(state, limitsOf(state, 2), at);

/** Submissions that were granted a run just now, with the class. */
export const grantsNow = (state: CampaignState, at = now): [submission: string, onClass: string][] =>
  decideNow(state, at).flatMap((decision) =>
    decision.kind === 'grant' ? [[decision.submission, decision.class] as [string, string]] : [],
  );

/** A state with a running, a settled and a waiting submission. */
export function bookedState(): CampaignState {
  const state = campaignOf({ a: 3, b: 1 });
  open(state, { s: 'a', t: 'a', u: 'b' });
  for (const submission of ['s', 't']) takeRequest(state, request(submission, 1, 'probe'));
  decideNow(state);
  settleRun(state, { submission: 't', n: 1, class: 'g4', costMicroUsd: 40 });
  takeRequest(state, request('u', 1));
  state.shortUntil['p3'] = now + 1;
  return state;
}
