import type { RunGrant, RunRefusal } from '../model/messages.ts';
import type { Reason } from '../model/reasons.ts';
import type { CampaignState } from '../state/campaign-state.ts';
import type { WaitingRequest } from '../state/open-submission.ts';
import { expeditedGrants } from './expedited-grants.ts';
import { grants } from './grant-order.ts';
import { rescores, starts, type Start, type StartLimits } from './starts.ts';
import { usageOf } from './usage.ts';

export type Decision = ({ kind: 'grant' } & RunGrant) | ({ kind: 'refuse' } & RunRefusal) | Start;

/**
 * Decides everything that can be decided now and records it in the state. `now` in ms. A paused campaign starts and
 * grants nothing; one past its deadline only scores again.
 */
export function decide(state: CampaignState, limits: StartLimits, now: number): Decision[] {
  state.statistics.countHeld(now);
  state.blockFaulty(now);
  const { closing } = state;
  if (closing) return refuse(state, ({ usedUp }) => (usedUp ? 'platform-error' : closing));
  const refused = refuse(state, (request) => (isFaultOfOneAlone(state, request) ? 'platform-error' : undefined));
  if (state.paused) return refused;
  const usage = usageOf(state);
  const rescored = limits.rescores ? rescores(state, limits, usage) : [];
  if (now >= Date.parse(state.deadline)) return [...refused, ...rescored];
  const granted = grants(state, usage, now, limits);
  if (state.deadlineAtRisk) granted.push(...expeditedGrants(state, usage, now, limits));
  if (granted.length > 0) state.statistics.noteGrants(now);
  return [
    ...refused,
    ...granted.map((grant) => ({ kind: 'grant' as const, ...grant })),
    ...rescored,
    ...starts(state, limits, usage),
  ];
}

/** Refuses the waiting requests for which there is a reason. */
function refuse(state: CampaignState, reasonFor: (request: WaitingRequest) => Reason | undefined): Decision[] {
  const refused: Decision[] = [];
  for (const [submission, open] of state.open) {
    const reason = open.request && reasonFor(open.request);
    if (open.request === undefined || reason === undefined) continue;
    refused.push({ kind: 'refuse', submission, n: open.request.n, reason });
    open.dropRequest();
  }
  return refused;
}

/**
 * Whether a request follows attempts that a platform fault of this submission alone has used up. It waits while the fault
 * is the last one of its class and other submissions may still have it, which would block the class.
 */
function isFaultOfOneAlone(state: CampaignState, { usedUp }: WaitingRequest): boolean {
  if (usedUp === undefined) return false;
  if (state.faults.byClass[usedUp.class]?.cause !== usedUp.cause) return true;
  for (const { request, grant, preparing } of state.open.values()) {
    if (request?.usedUp === undefined && (request || grant || preparing)) return false;
  }
  return !state.hasRoundsToStart();
}
