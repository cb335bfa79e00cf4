import type { CampaignState, OpenSubmission, WaitingRequest } from './campaign-state.ts';
import { measuredSeconds } from '../evaluation/class-choice.ts';
import { ClassCostModel } from './class-cost-model.ts';
import { isBlockedFor, noteImageCopied, noteRunEnd } from './platform-faults.ts';
import { costOfRuns } from '../model/money.ts';
import { addEndedRun, addFirstEvaluation, addFreedSlot } from './run-statistics.ts';
import type { RunRequest, RunSettlement, Standing, SubmissionReport, HeldRunReport } from '../model/messages.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';

/** How messages from submissions change a campaign's state. Each may come twice, late or out of order. Pure. */

/** The round's workflow is started (or found running). False while another round of the submission has not reported its end. */
export function applyStart(state: CampaignState, submission: string, team: number, sequence: number): boolean {
  const known = state.open.get(submission);
  if (known) return known.sequence === sequence;
  state.open.set(submission, { team, sequence, preparing: true, settled: 0, spent: 0 });
  return true;
}

/** Takes a request; answers the grant again if this very run was granted already. */
export function applyRunRequest(state: CampaignState, request: RunRequest): OpenSubmission['grant'] {
  const options = new ClassCostModel(state).preferred(request.options, request.needMeasured ?? false);
  const [wanted] = options;
  if (request.settles) applySettlement(state, request.settles, wanted?.class);
  const open = state.open.get(request.submission);
  if (open === undefined || request.n <= open.settled) return undefined;
  delete open.stuck;
  // Its first request: what came before is its image.
  if (open.settled === 0 && !request.settles && !open.grant && !open.request) noteImageCopied(state.faults);
  if (request.purpose === 'evaluation') open.preparing = false;
  if (open.grant && open.grant.n >= request.n) return open.grant;
  if (open.request && open.request.n >= request.n) return undefined;
  state.ticket += 1;
  const { n, purpose, rerun, needMeasured } = request;
  if (purpose === 'evaluation' && !rerun && wanted) {
    const probeSeconds = request.settles?.purpose === 'probe' ? request.settles.billedSeconds : 0;
    addFirstEvaluation(state.statistics, {
      class: wanted.class,
      probeSeconds,
      expectedSeconds: measuredSeconds(wanted),
    });
  }
  const usedUp = usedUpBy(state, request);
  open.request = {
    n,
    purpose,
    rerun,
    options,
    ...(needMeasured && { needMeasured }),
    ...(usedUp && { usedUp }),
    ticket: state.ticket,
    passed: 0,
  };
  return undefined;
}

/** The run that was one too many; undefined where it is not counted, because its class is held for the same fault. */
function usedUpBy({ faults }: CampaignState, { usedUp, settles }: RunRequest): WaitingRequest['usedUp'] {
  if (!usedUp || settles === undefined) return undefined;
  const run = { class: settles.class, cause: settles.cause ?? '' };
  return isBlockedFor(faults, run) ? undefined : run;
}

/**
 * Books what a run cost and frees its slot and reservation; a run is booked once. `next`: the class that the run after it
 * wants first, if there is one.
 */
export function applySettlement(state: CampaignState, settlement: RunSettlement, next?: string): void {
  const open = state.open.get(settlement.submission);
  if (open === undefined || settlement.n <= open.settled) return;
  const { grant } = open;
  const isGranted = grant?.n === settlement.n;
  const { expectedSeconds, needMeasured } = isGranted ? grant : {};
  addEndedRun(state.statistics, { ...settlement, expectedSeconds, needMeasured }, next);
  if (isGranted) addFreedSlot(state.statistics, grant, settlement.billedSeconds);
  if (grant && grant.n <= settlement.n) delete open.grant;
  // A campaign that lost its state may have put a late copy of the run's request into the queue.
  if (open.request && open.request.n <= settlement.n) delete open.request;
  noteRunEnd(state, settlement, isGranted ? grant.since : undefined);
  delete open.stuck;
  open.settled = settlement.n;
  if (settlement.reason) open.lastReason = settlement.reason;
  else delete open.lastReason;
  book(state, open, settlement);
}

/**
 * The round is final: its last run is settled and everything it held is free. What its report costs more than was booked is
 * booked now, on the class of the last run: other settlements were lost. A report of an earlier round changes nothing.
 */
export function applyReport(state: CampaignState, report: SubmissionReport): void {
  const { submission, lastRun } = report;
  const open = state.open.get(submission);
  if (open === undefined || open.sequence !== report.sequence) return;
  const { class: onClass = lastRun?.class ?? 'unknown', purpose = 'evaluation', rerun = false } = open.grant ?? {};
  if (lastRun) applySettlement(state, { submission, rerun, ...lastRun });
  const costMicroUsd = report.costMicroUsd - open.spent;
  if (costMicroUsd > 0) book(state, open, { ...report, class: onClass, purpose, rerun, costMicroUsd });
  state.open.delete(submission);
  if (report.standing) count(state, report.standing.before, -1);
  count(state, report.standing?.now ?? report, 1);
}

/** A submission counts once, as what it stands by. */
function count({ counts, reasons }: CampaignState, { state, reason }: Standing, by: 1 | -1): void {
  counts[state] += by;
  if (reason === undefined) return;
  const left = (reasons[reason] ?? 0) + by;
  if (left > 0) reasons[reason] = left;
  else delete reasons[reason];
}

/** What a submission says of itself replaces whatever a campaign that lost its state assumed. False: of another round. */
export function applyHeldRun(state: CampaignState, standing: HeldRunReport): boolean {
  const open = state.open.get(standing.submission);
  if (open === undefined || open.sequence !== standing.sequence) return false;
  open.preparing &&= standing.preparing;
  const { settled, request, grant } = standing;
  bookEarlier(state, open, settled);
  const after = [...settled.slice(1).map((run) => run.class), request?.options[0]?.class ?? grant?.class];
  for (const [index, settlement] of settled.entries()) applySettlement(state, settlement, after[index]);
  if (grant && grant.n > open.settled) {
    open.grant = grant;
    if (open.request && open.request.n <= grant.n) delete open.request;
  }
  if (request) applyRunRequest(state, request);
  return true;
}

/** A later run may have been settled before the campaign heard of the earlier ones; what they cost is booked together. */
function bookEarlier(state: CampaignState, open: OpenSubmission, settled: readonly RunSettlement[]): void {
  const past = settled.filter(({ n }) => n <= open.settled);
  const costMicroUsd = costOfRuns(past) - open.spent;
  const [first] = past;
  if (first && costMicroUsd > 0) book(state, open, { ...first, costMicroUsd });
}

type Booking = Pick<RunSettlement, 'class' | 'costMicroUsd' | 'purpose' | 'rerun'> & { reason?: Reason };

function book({ money }: CampaignState, open: OpenSubmission, booking: Booking): void {
  const { class: onClass, costMicroUsd, purpose, rerun, reason } = booking;
  open.spent += costMicroUsd;
  money.spent += costMicroUsd;
  money.byClass[onClass] = (money.byClass[onClass] ?? 0) + costMicroUsd;
  if (rerun) money.reruns += costMicroUsd;
  if (purpose === 'probe') money.probes += costMicroUsd;
  else if (reason && responsibleParty(reason) === 'platform') money.overhead += costMicroUsd;
}
