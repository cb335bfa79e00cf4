import { byName } from './by-name.ts';
import type { RunOption } from './class-choice.ts';
import type { Purpose } from './frozen-campaign.ts';
import type { OperatorLine } from './operator-acts.ts';
import type { FinalState, Reason } from './reasons.ts';

/**
 * Everything a campaign carries from run to run: a cursor per team, the open submissions, totals. Its size follows the
 * teams and what is open, never the number of submissions. Plain JSON; records keyed by team, submission or class are made
 * by {@link byName}. Pure.
 */
export interface CampaignState {
  teams: Record<string, TeamState>;
  open: Record<string, OpenSubmission>;
  money: { budget: number; spent: number; probes: number; overhead: number; byClass: Record<string, number> };
  /** Slots per class; may be changed while the campaign runs. */
  slots: Record<string, number>;
  /** Classes that gave no machine lately, with the instant (ms) until which they count as short. */
  shortUntil: Record<string, number>;
  /** ISO instant. */
  deadline: string;
  paused: boolean;
  /** Set by `close` and `abort`: nothing new is started or granted and what waits is refused. */
  closing?: Reason;
  counts: { finished: number; failed: number; cancelled: number };
  reasons: Partial<Record<Reason, number>>;
  /** The last lines only; older ones are in the history. */
  operatorsLog: OperatorLine[];
  /** Grows with every request, so that "who waited longest" needs no clock. */
  ticket: number;
}

export interface TeamState {
  submissions: number;
  /** Index of the next submission to start. */
  next: number;
  priority: number;
  weight: number;
  paused: boolean;
}

/** A submission whose workflow has not reported its end. */
export interface OpenSubmission {
  team: string;
  /** Preparing submissions hold a preparing place until their first request for an evaluation. */
  preparing: boolean;
  request?: WaitingRequest;
  grant?: HeldGrant;
  /** The last answer given, repeated when the same request comes again. */
  answered?: { n: number; class: string; reserved: number } | { n: number; refused: Reason };
  /** Runs whose cost is booked already: the highest n. */
  settled: number;
  /** Micro-dollars booked for it so far. */
  spent: number;
}

export interface WaitingRequest {
  n: number;
  purpose: Purpose;
  options: RunOption[];
  ticket: number;
}

export interface HeldGrant {
  n: number;
  purpose: Purpose;
  class: string;
  reserved: number;
}

export type FinalCounts = Record<FinalState, number>;

/** Micro-dollars reserved by grants that are held. */
export const reservedMicroUsd = (state: CampaignState): number =>
  Object.values(state.open).reduce((sum, { grant }) => sum + (grant?.reserved ?? 0), 0);

/** Runs that hold a slot, by class. */
export function heldSlots(state: CampaignState): Record<string, number> {
  const held = byName<number>();
  for (const { grant } of Object.values(state.open)) {
    if (grant) held[grant.class] = (held[grant.class] ?? 0) + 1;
  }
  return held;
}
