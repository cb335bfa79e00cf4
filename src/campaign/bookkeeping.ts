import type { CampaignState, OpenSubmission } from './campaign-state.ts';
import type { Purpose } from './frozen-campaign.ts';
import type { RunRequest, RunSettlement, SubmissionReport } from './protocol.ts';
import { faultOf, type Reason } from './reasons.ts';

/** How messages from submissions change a campaign's state. Each may come twice, late or out of order. Pure. */

/** The submission's workflow has been started (or found running). */
export function openSubmission(state: CampaignState, submission: string, team: string): void {
  state.open[submission] ??= { team, preparing: true, settled: 0, spent: 0 };
}

/** Takes a request; answers what was answered before if this very run was decided already. */
export function takeRequest(state: CampaignState, request: RunRequest): OpenSubmission['answered'] {
  if (request.settles) settleRun(state, request.settles);
  const open = state.open[request.submission];
  if (open === undefined) return undefined;
  if (request.purpose === 'evaluation') open.preparing = false;
  if (open.answered && open.answered.n >= request.n) return open.answered;
  if (request.granted) {
    const { n, purpose, granted } = request;
    open.grant = { n, purpose, ...granted };
    open.answered = { n, ...granted };
    return undefined;
  }
  if (open.request === undefined || open.request.n < request.n) {
    state.ticket += 1;
    const { n, purpose, options } = request;
    open.request = { n, purpose, options, ticket: state.ticket };
  }
  return undefined;
}

/** Books what a run cost and frees its slot and reservation; a run is booked once. */
export function settleRun(state: CampaignState, settlement: RunSettlement): void {
  const open = state.open[settlement.submission];
  if (open === undefined || settlement.n <= open.settled) return;
  const held = open.grant?.n === settlement.n ? open.grant : undefined;
  if (held) delete open.grant;
  open.settled = settlement.n;
  book(state, open, { ...settlement, purpose: held?.purpose });
}

/**
 * The submission is final: everything it held is free. What its report costs more than was booked is booked now, on the
 * class of the grant it still held: its last run, or one whose settlement was lost.
 */
export function closeSubmission(state: CampaignState, report: SubmissionReport): void {
  const open = state.open[report.submission];
  if (open === undefined) return;
  const { class: onClass = 'unknown', purpose } = open.grant ?? {};
  const costMicroUsd = report.costMicroUsd - open.spent;
  if (costMicroUsd > 0) book(state, open, { ...report, class: onClass, purpose, costMicroUsd });
  delete state.open[report.submission];
  state.counts[report.state] += 1;
  if (report.reason) state.reasons[report.reason] = (state.reasons[report.reason] ?? 0) + 1;
}

interface Booking {
  class: string;
  costMicroUsd: number;
  purpose: Purpose | undefined;
  reason?: Reason;
}

function book({ money }: CampaignState, open: OpenSubmission, booking: Booking): void {
  const { class: onClass, costMicroUsd, purpose, reason } = booking;
  open.spent += costMicroUsd;
  money.spent += costMicroUsd;
  money.byClass[onClass] = (money.byClass[onClass] ?? 0) + costMicroUsd;
  if (purpose === 'probe') money.probes += costMicroUsd;
  else if (reason && faultOf(reason) === 'platform') money.overhead += costMicroUsd;
}
