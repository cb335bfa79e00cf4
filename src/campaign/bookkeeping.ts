import type { CampaignState, OpenSubmission } from './campaign-state.ts';
import type { RunRequest, RunSettlement, SubmissionReport } from './protocol.ts';
import { faultOf } from './reasons.ts';

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
  if (open.request?.n !== request.n) {
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
  const purpose = open.grant?.purpose;
  if (open.grant?.n === settlement.n) delete open.grant;
  open.settled = settlement.n;
  book(state, open, settlement.class, settlement.costMicroUsd);
  if (purpose === 'probe') state.money.probes += settlement.costMicroUsd;
  else if (settlement.reason && faultOf(settlement.reason) === 'platform') {
    state.money.overhead += settlement.costMicroUsd;
  }
}

/**
 * The submission is final: everything it held is free. What its report costs more than was booked (a settlement was
 * lost) is booked now, on the class of the grant it still held.
 */
export function closeSubmission(state: CampaignState, report: SubmissionReport): void {
  const open = state.open[report.submission];
  if (open === undefined) return;
  const missing = report.costMicroUsd - open.spent;
  if (missing > 0) book(state, open, open.grant?.class ?? 'unknown', missing);
  delete state.open[report.submission];
  state.counts[report.state] += 1;
  if (report.reason) state.reasons[report.reason] = (state.reasons[report.reason] ?? 0) + 1;
}

function book(state: CampaignState, open: OpenSubmission, onClass: string, costMicroUsd: number): void {
  open.spent += costMicroUsd;
  state.money.spent += costMicroUsd;
  state.money.byClass[onClass] = (state.money.byClass[onClass] ?? 0) + costMicroUsd;
}
