import type { CampaignState } from '../state/campaign-state.ts';
import { dropRequest, noteGrants } from '../state/decisions.ts';
import { decideUsedUp, blockFaulty } from '../state/platform-faults.ts';
import { grants } from './grants.ts';
import { expeditedGrants } from './expedited-grants.ts';
import { countHeld } from '../state/run-statistics.ts';
import type { RunGrant, RunRefusal } from '../model/messages.ts';
import { starts, type Start, type StartLimits } from './starts.ts';
import { usageOf } from './usage.ts';

export type Decision = ({ kind: 'grant' } & RunGrant) | ({ kind: 'refuse' } & RunRefusal) | Start;

/**
 * Decides everything that can be decided now and records it in the state. `now` in ms. A paused campaign, or one past its
 * deadline, starts and grants nothing.
 */
export function decide(state: CampaignState, limits: StartLimits, now: number): Decision[] {
  countHeld(state.statistics, now);
  blockFaulty(state, now);
  if (state.closing) return refuseWaiting(state, state.closing);
  const refused = refuseUsedUp(state);
  if (state.paused || now >= Date.parse(state.deadline)) return refused;
  const usage = usageOf(state);
  const granted = grants(state, usage, now);
  if (state.deadlineAtRisk) granted.push(...expeditedGrants(state, usage, now));
  if (granted.length > 0) noteGrants(state, now);
  return [
    ...refused,
    ...granted.map((grant) => ({ kind: 'grant' as const, ...grant })),
    ...starts(state, limits, usage),
  ];
}

/** Refuses requests after a platform fault that turned out to be the submission's alone. */
function refuseUsedUp(state: CampaignState): Decision[] {
  const refused: Decision[] = [];
  for (const [submission, open] of state.open) {
    if (!open.request?.usedUp || decideUsedUp(state, open.request.usedUp) === 'waits') continue;
    refused.push({ kind: 'refuse', submission, n: open.request.n, reason: 'platform-error' });
    dropRequest(open);
  }
  return refused;
}

function refuseWaiting(state: CampaignState, reason: RunRefusal['reason']): Decision[] {
  const refused: Decision[] = [];
  for (const [submission, open] of state.open) {
    if (open.request === undefined) continue;
    const { n, usedUp } = open.request;
    refused.push({ kind: 'refuse', submission, n, reason: usedUp ? 'platform-error' : reason });
    dropRequest(open);
  }
  return refused;
}
