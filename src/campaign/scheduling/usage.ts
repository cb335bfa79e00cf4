import { byName } from '../model/by-name.ts';
import { treatmentOf, type CampaignState, type OpenSubmission, type WaitingRequest } from '../state/campaign-state.ts';
import { waitsForImage } from '../state/stuck-steps.ts';
import type { HeldGrant } from '../model/messages.ts';

/** Sums over what is open, taken anew for every decision: one pass over at most some 1,500 submissions. Pure. */
export interface Usage {
  open: number;
  /** Submissions that hold a preparing place; those that wait for a paused team or are stuck with their image hold none. */
  preparing: number;
  /** By team. */
  openOf: Uint16Array;
  /** By team: runs under way. */
  heldOf: Uint16Array;
  /** Runs that hold a slot, by class. */
  held: Record<string, number>;
  /** Micro-dollars reserved by grants that are held, and what of it is for evaluations beyond the first. */
  reserved: number;
  reservedForReruns: number;
  /** Requests of teams that are not paused, without those that may end for a platform's fault. */
  waiting: Waiting[];
}

export interface Waiting {
  submission: string;
  open: OpenSubmission;
  request: WaitingRequest;
}

/** Counts what is open. */
export function usageOf(state: CampaignState): Usage {
  const teams = state.rounds.length;
  const tally: Usage = {
    open: state.open.size,
    preparing: 0,
    openOf: new Uint16Array(teams),
    heldOf: new Uint16Array(teams),
    held: byName(),
    reserved: 0,
    reservedForReruns: 0,
    waiting: [],
  };
  for (const [submission, open] of state.open) {
    const { team, request, grant } = open;
    tally.openOf[team] = (tally.openOf[team] ?? 0) + 1;
    const waitsForPausedTeam = request !== undefined && treatmentOf(state, team).paused;
    if (open.preparing && !waitsForPausedTeam && !waitsForImage(open)) tally.preparing += 1;
    if (request && !request.usedUp && !waitsForPausedTeam) tally.waiting.push({ submission, open, request });
    if (grant) countGrant(tally, team, grant);
  }
  return tally;
}

/** A run has a slot, and money is reserved for it. */
export function countGrant(tally: Usage, team: number, { class: onClass, reserved, rerun }: HeldGrant): void {
  tally.heldOf[team] = (tally.heldOf[team] ?? 0) + 1;
  tally.held[onClass] = (tally.held[onClass] ?? 0) + 1;
  tally.reserved += reserved;
  if (rerun) tally.reservedForReruns += reserved;
}
