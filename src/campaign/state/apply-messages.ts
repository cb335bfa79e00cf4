import type { CampaignState, OpenSubmission, WaitingRequest, Writable } from './campaign-state.ts';
import { measuredSeconds } from '../evaluation/class-choice.ts';
import { ClassCostModel } from './class-cost-model.ts';
import { isBlockedFor, noteImageCopied, noteRunEnd } from './platform-faults.ts';
import { costOfRuns } from '../model/money.ts';
import { addEndedRun, addFirstEvaluation, addFreedSlot } from './run-statistics.ts';
import type { HeldRunReport, RunRequest, RunSettlement, Standing, SubmissionReport } from '../model/messages.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';

type State = Writable<CampaignState>;
type Submission = Writable<OpenSubmission>;

/** How messages from submissions change a campaign's state. Each may arrive twice, late or out of order. */

/** The round's workflow is started, or runs already. Returns false while another round of the submission is open. */
export function applyStart(state: State, submission: string, team: number, sequence: number): boolean {
  const known = state.open.get(submission);
  if (known) return known.sequence === sequence;
  state.open.set(submission, { team, sequence, preparing: true, settled: 0, spent: 0 });
  return true;
}

/** Enters a request; returns the grant if this very run was granted already. */
export function applyRunRequest(state: State, request: RunRequest): OpenSubmission['grant'] {
  const { n, purpose } = request;
  const options = new ClassCostModel(state).preferred(request.options, request.needMeasured ?? false);
  if (request.settles) applySettlement(state, request.settles, options[0]?.class);
  const open = state.open.get(request.submission);
  if (open === undefined || n <= open.settled) return undefined;
  delete open.stuck;
  // The first request of a round comes after its image was copied.
  if (open.settled === 0 && !request.settles && !open.grant && !open.request) noteImageCopied(state.faults);
  if (purpose === 'evaluation') open.preparing = false;
  if (open.grant && open.grant.n >= n) return open.grant;
  if (open.request && open.request.n >= n) return undefined;
  state.ticket += 1;
  countFirstEvaluation(state, request, options);
  open.request = waitingRequest(state, request, options);
  return undefined;
}

function countFirstEvaluation(state: State, request: RunRequest, [preferred]: RunRequest['options']): void {
  const { purpose, rerun, settles } = request;
  if (purpose !== 'evaluation' || rerun || preferred === undefined) return;
  const probeSeconds = settles?.purpose === 'probe' ? settles.billedSeconds : 0;
  const first = { class: preferred.class, probeSeconds, expectedSeconds: measuredSeconds(preferred) };
  addFirstEvaluation(state.statistics, first);
}

function waitingRequest(state: State, request: RunRequest, options: RunRequest['options']): WaitingRequest {
  const { n, purpose, rerun, needMeasured } = request;
  const usedUp = usedUpBy(state, request);
  return {
    n,
    purpose,
    rerun,
    options,
    ...(needMeasured && { needMeasured }),
    ...(usedUp && { usedUp }),
    ticket: state.ticket,
    passed: 0,
  };
}

/** The fault that used up the attempts; undefined if it does not count, since it blocks the class. */
function usedUpBy({ faults }: State, { usedUp, settles }: RunRequest): WaitingRequest['usedUp'] {
  if (!usedUp || settles === undefined) return undefined;
  const run = { class: settles.class, cause: settles.cause ?? '' };
  return isBlockedFor(faults, run) ? undefined : run;
}

/**
 * Books the cost of a run and frees its slot and reservation; a run is booked once. `next`: the class that the submission's
 * next run prefers, if there is one.
 */
export function applySettlement(state: State, settlement: RunSettlement, next?: string): void {
  const { submission, n, reason, billedSeconds } = settlement;
  const open = state.open.get(submission);
  if (open === undefined || n <= open.settled) return;
  const { grant } = open;
  const isGranted = grant?.n === n;
  const { expectedSeconds, needMeasured } = isGranted ? grant : {};
  addEndedRun(state.statistics, { ...settlement, expectedSeconds, needMeasured }, next);
  if (isGranted) addFreedSlot(state.statistics, grant, billedSeconds);
  if (grant && grant.n <= n) delete open.grant;
  // A campaign that lost its state may have received a late copy of the run's request.
  if (open.request && open.request.n <= n) delete open.request;
  noteRunEnd(state, settlement, isGranted ? grant.since : undefined);
  delete open.stuck;
  open.settled = n;
  if (reason) open.lastReason = reason;
  else delete open.lastReason;
  book(state, open, settlement);
}

/**
 * The round is final: settles its last run and closes it. Cost in its report that is not booked yet is booked on the
 * class of the last run, since other settlements were lost. The report of an earlier round changes nothing.
 */
export function applyReport(state: State, report: SubmissionReport): void {
  const { submission, lastRun } = report;
  const open = state.open.get(submission);
  if (open === undefined || open.sequence !== report.sequence) return;
  const { class: name = lastRun?.class ?? 'unknown', purpose = 'evaluation', rerun = false } = open.grant ?? {};
  if (lastRun) applySettlement(state, { submission, rerun, ...lastRun });
  const costMicroUsd = report.costMicroUsd - open.spent;
  if (costMicroUsd > 0) book(state, open, { ...report, class: name, purpose, rerun, costMicroUsd });
  state.open.delete(submission);
  if (report.standing) count(state, report.standing.before, -1);
  count(state, report.standing?.now ?? report, 1);
}

/** A submission counts once, by its effective result. */
function count({ counts, reasons }: State, { state, reason }: Standing, by: 1 | -1): void {
  counts[state] += by;
  if (reason === undefined) return;
  const left = (reasons[reason] ?? 0) + by;
  if (left > 0) reasons[reason] = left;
  else delete reasons[reason];
}

/**
 * A submission's report replaces the assumptions of a campaign that lost its state. Returns false if the report is from
 * another round.
 */
export function applyHeldRun(state: State, report: HeldRunReport): boolean {
  const open = state.open.get(report.submission);
  if (open === undefined || open.sequence !== report.sequence) return false;
  open.preparing &&= report.preparing;
  const { settled, request, grant } = report;
  bookEarlier(state, open, settled);
  const nextClasses = [...settled.slice(1).map((run) => run.class), request?.options[0]?.class ?? grant?.class];
  for (const [index, settlement] of settled.entries()) applySettlement(state, settlement, nextClasses[index]);
  if (grant && grant.n > open.settled) {
    open.grant = grant;
    if (open.request && open.request.n <= grant.n) delete open.request;
  }
  if (request) applyRunRequest(state, request);
  return true;
}

/** A later run may have been settled before the campaign heard of the earlier ones; their cost is booked together. */
function bookEarlier(state: State, open: Submission, settled: readonly RunSettlement[]): void {
  const past = settled.filter(({ n }) => n <= open.settled);
  const costMicroUsd = costOfRuns(past) - open.spent;
  const [first] = past;
  if (first && costMicroUsd > 0) book(state, open, { ...first, costMicroUsd });
}

type Booking = Pick<RunSettlement, 'class' | 'costMicroUsd' | 'purpose' | 'rerun'> & { reason?: Reason };

function book({ money }: State, open: Submission, booking: Booking): void {
  const { costMicroUsd, purpose, rerun, reason } = booking;
  open.spent += costMicroUsd;
  money.spent += costMicroUsd;
  money.byClass[booking.class] = (money.byClass[booking.class] ?? 0) + costMicroUsd;
  if (rerun) money.reruns += costMicroUsd;
  if (purpose === 'probe') money.probes += costMicroUsd;
  else if (reason && responsibleParty(reason) === 'platform') money.overhead += costMicroUsd;
}
