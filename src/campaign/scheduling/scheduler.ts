import type { CampaignState } from '../state/campaign-state.ts';
import { fateOfUsedUp, holdFaulty } from '../state/platform-faults.ts';
import { grants } from './grants.ts';
import { expeditedGrants } from './expedited-grants.ts';
import { countHeld } from '../state/run-statistics.ts';
import type { RunGrant, RunRefusal } from '../model/messages.ts';
import { starts, type Start, type StartLimits } from './starts.ts';
import { usageOf } from './usage.ts';

export type Decision = ({ kind: 'grant' } & RunGrant) | ({ kind: 'refuse' } & RunRefusal) | Start;

/**
 * Everything that can be done now, and marks it as done in the state. `now` in ms. Past the deadline or paused it decides
 * nothing and what waits goes on waiting. Deterministic. Pure.
 */
export function decide(state: CampaignState, limits: StartLimits, now: number): Decision[] {
  countHeld(state.statistics, now);
  holdFaulty(state, now);
  if (state.closing) return refuseWaiting(state, state.closing);
  const refused = refuseUsedUp(state);
  if (state.paused || now >= Date.parse(state.deadline)) return refused;
  const tally = usageOf(state);
  const granted = grants(state, tally, now);
  if (state.deadlineAtRisk) granted.push(...expeditedGrants(state, tally, now));
  if (granted.length > 0) state.statistics.since ??= now;
  return [
    ...refused,
    ...granted.map((grant) => ({ kind: 'grant' as const, ...grant })),
    ...starts(state, limits, tally),
  ];
}

/** A fault that was not everybody's counts: the submission ends. */
function refuseUsedUp(state: CampaignState): Decision[] {
  const refused: Decision[] = [];
  for (const [submission, open] of state.open) {
    if (!open.request?.usedUp || fateOfUsedUp(state, open.request.usedUp) === 'waits') continue;
    refused.push({ kind: 'refuse', submission, n: open.request.n, reason: 'platform-error' });
    delete open.request;
  }
  return refused;
}

function refuseWaiting(state: CampaignState, reason: RunRefusal['reason']): Decision[] {
  const refused: Decision[] = [];
  for (const [submission, open] of state.open) {
    if (open.request === undefined) continue;
    const { n, usedUp } = open.request;
    refused.push({ kind: 'refuse', submission, n, reason: usedUp ? 'platform-error' : reason });
    delete open.request;
  }
  return refused;
}
