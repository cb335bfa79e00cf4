import { measuredSeconds } from '../evaluation/class-choice.ts';
import type {
  Grant,
  HeldRunReport,
  RunRequest,
  RunSettlement,
  Standing,
  StuckReport,
  StuckStep,
  SubmissionReport,
} from '../model/messages.ts';
import type { CanaryReport } from '../model/canaries/canary-report.ts';
import { costOfRuns } from '../model/money.ts';
import type { FinalState, Reason } from '../model/reasons.ts';
import type { RunOption } from '../model/run-option.ts';
import { Canaries, type CanaryEnd } from './canaries.ts';
import { ClassCostModel } from './class-cost-model.ts';
import { MutableSubmission } from './open-submission.ts';
import { mostStuck } from './stuck-limit.ts';
import { PlatformFaults } from './platform-faults.ts';
import type { FieldsOf, ReadOnly } from './read-only.ts';
import { RunStatistics } from './run-statistics.ts';
import { CampaignSettings } from './campaign-settings.ts';
import { Money } from './spending.ts';

/** The implementation of {@link CampaignState}. Messages from submissions may arrive twice, late or out of order. */
class State extends CampaignSettings {
  open = new Map<string, MutableSubmission>();
  money = new Money();
  faults = new PlatformFaults();
  canaries = new Canaries();
  counts: Record<FinalState, number> = { finished: 0, failed: 0, cancelled: 0 };
  reasons: Partial<Record<Reason, number>> = {};
  statistics = new RunStatistics();
  /** Grows with every request: the longest wait is the smallest ticket. */
  ticket = 0;

  constructor(fields: Partial<FieldsOf<State>>) {
    super();
    Object.assign(this, fields);
  }

  /** The whole budget in micro-dollars. */
  setBudget(microUsd: number): void {
    this.money.budget = microUsd;
  }

  /** Blocks classes and images with too many equal faults; they do not use up the attempts of their submissions. */
  blockFaulty(now: number): void {
    const isAlone = (submission: string): boolean =>
      [...this.open.keys()].every((open) => open === submission) && !this.hasRoundsToStart();
    this.faults.block(Object.keys(this.slots), isAlone, now);
    for (const { request } of this.open.values()) {
      if (request?.usedUp && this.faults.isBlockedFor(request.usedUp)) delete request.usedUp;
    }
  }

  /** The round's workflow is started, or runs already. Returns false while another round of the submission is open. */
  start(submission: string, team: number, sequence: number): boolean {
    const known = this.open.get(submission);
    if (known) return known.sequence === sequence;
    this.open.set(submission, Object.assign(new MutableSubmission(), { team, sequence }));
    return true;
  }

  /** Enters a request; returns the grant if this very run was granted already. */
  request(request: RunRequest): Grant | undefined {
    const { n, purpose } = request;
    const options = new ClassCostModel(this).preferred(request.options, request.needMeasured ?? false);
    if (request.settles) this.settle(request.settles, options[0]?.class);
    const open = this.open.get(request.submission);
    if (open === undefined || n <= open.settled) return undefined;
    open.stuck = undefined;
    // The first request of a round comes after its image was copied.
    if (open.settled === 0 && !request.settles && !open.grant && !open.request) this.faults.noteImageCopied();
    if (purpose === 'evaluation') open.preparing = false;
    if (open.grant && open.grant.n >= n) return open.grant;
    if (open.request && open.request.n >= n) return undefined;
    this.ticket += 1;
    this.countFirstEvaluation(request, options);
    const { rerun, needMeasured } = request;
    const usedUp = this.usedUpBy(request);
    open.request = {
      n,
      purpose,
      rerun,
      options,
      ...(needMeasured && { needMeasured }),
      ...(usedUp && { usedUp }),
      ticket: this.ticket,
      passed: 0,
    };
    return undefined;
  }

  private countFirstEvaluation(request: RunRequest, [preferred]: readonly RunOption[]): void {
    const { purpose, rerun, settles } = request;
    if (purpose !== 'evaluation' || rerun || preferred === undefined) return;
    const probeSeconds = settles?.purpose === 'probe' ? settles.billedSeconds : 0;
    const expectedSeconds = measuredSeconds(preferred);
    this.statistics.addFirstEvaluation({ class: preferred.class, probeSeconds, expectedSeconds });
  }

  /** The fault that used up the attempts; undefined if it does not count, since it blocks the class. */
  private usedUpBy({ usedUp, settles }: RunRequest): { class: string; cause: string } | undefined {
    if (!usedUp || settles === undefined) return undefined;
    const run = { class: settles.class, cause: settles.cause ?? '' };
    return this.faults.isBlockedFor(run) ? undefined : run;
  }

  /**
   * Books the cost of a run and frees its slot and reservation; a run is booked once. `next`: the class that the
   * submission's next run prefers, if there is one.
   */
  settle(settlement: RunSettlement, next?: string): void {
    const { submission, n, reason, billedSeconds } = settlement;
    const open = this.open.get(submission);
    if (open === undefined || n <= open.settled) return;
    const { grant } = open;
    const own = grant?.n === n ? grant : undefined;
    const { expectedSeconds, needMeasured } = own ?? {};
    this.statistics.addEndedRun({ ...settlement, expectedSeconds, needMeasured }, next);
    if (own) this.statistics.addFreedSlot(own, billedSeconds);
    if (grant && grant.n <= n) open.grant = undefined;
    // A campaign that lost its state may have received a late copy of the run's request.
    if (open.request && open.request.n <= n) open.request = undefined;
    const grants = [...this.open.values()].flatMap((one) => one.grant?.since ?? []);
    this.faults.noteRunEnd(settlement, own?.since, Math.max(own?.since ?? 0, ...grants));
    open.stuck = undefined;
    open.settled = n;
    open.lastReason = reason;
    if (reason === 'spot-reclaimed') open.machinesLost += 1;
    this.book(open, settlement);
  }

  private book(open: MutableSubmission, run: Parameters<Money['book']>[0]): void {
    open.spent += run.costMicroUsd;
    this.money.book(run);
  }

  /**
   * The round is final: settles its last run and closes it. Cost in its report that is not booked yet is booked on the
   * class of the last run, since other settlements were lost. The report of an earlier round changes nothing.
   */
  finish(report: SubmissionReport): void {
    const { submission, lastRun } = report;
    const open = this.open.get(submission);
    if (open === undefined || open.sequence !== report.sequence) return;
    const { class: name = lastRun?.class ?? 'unknown', purpose = 'evaluation', rerun = false } = open.grant ?? {};
    if (lastRun) this.settle({ submission, rerun, ...lastRun });
    const costMicroUsd = report.costMicroUsd - open.spent;
    if (costMicroUsd > 0) this.book(open, { ...report, class: name, purpose, rerun, costMicroUsd });
    this.open.delete(submission);
    if (report.standing) this.count(report.standing.before, -1);
    this.count(report.standing?.now ?? report, 1);
  }

  /** A submission counts once, by its effective result. */
  private count({ state, reason }: Standing, by: 1 | -1): void {
    this.counts[state] += by;
    if (reason === undefined) return;
    const left = (this.reasons[reason] ?? 0) + by;
    if (left > 0) this.reasons[reason] = left;
    else delete this.reasons[reason];
  }

  /**
   * A submission's report replaces the assumptions of a campaign that lost its state. Returns false if the report is from
   * another round.
   */
  restoreRun(report: HeldRunReport): boolean {
    const open = this.open.get(report.submission);
    if (open === undefined || open.sequence !== report.sequence) return false;
    open.preparing &&= report.preparing;
    const { settled, request, grant } = report;
    // A later run may have been settled before the campaign heard of the earlier ones; their cost is booked together.
    const past = settled.filter(({ n }) => n <= open.settled);
    const costMicroUsd = costOfRuns(past) - open.spent;
    if (past[0] && costMicroUsd > 0) this.book(open, { ...past[0], costMicroUsd });
    const nextClasses = [...settled.slice(1).map((run) => run.class), request?.options[0]?.class ?? grant?.class];
    for (const [index, settlement] of settled.entries()) this.settle(settlement, nextClasses[index]);
    if (grant && grant.n > open.settled) {
      open.grant = grant;
      if (open.request && open.request.n <= grant.n) open.request = undefined;
    }
    if (request) this.request(request);
    return true;
  }

  /** Books a canary and opens or blocks its class. `now` in ms. Undefined if this was known. */
  endCanary(report: CanaryReport, now: number): CanaryEnd | undefined {
    const end = this.canaries.end(report);
    if (end === undefined) return undefined;
    this.money.bookCanary(report);
    if (end.kind === 'opened') this.faults.unblockByCanary(report.class);
    if (end.kind === 'blocked') this.faults.blockByCanary(report.class, end.cause, now);
    return end;
  }

  /** A submission reports the step that it is stuck at, or that it continues. */
  reportStuck({ submission, sequence, stuck }: StuckReport): void {
    const open = this.open.get(submission);
    if (open === undefined || open.sequence !== sequence) return;
    if (stuck?.what === 'pullImage' && stuck.tries > 0 && open.stuck?.what !== stuck.what) {
      this.faults.noteImageFault({ submission, cause: stuck.cause });
    }
    if (stuck === null) open.stuck = undefined;
    else if (open.stuck || [...this.open.values()].filter((one) => one.stuck).length < mostStuck) open.stuck = stuck;
  }

  /** Returns the submissions with such a stuck step, which counts as stuck no longer. */
  takeStuck(isMeant: (stuck: StuckStep) => boolean): [submission: string, stuck: StuckStep][] {
    const taken: [string, StuckStep][] = [];
    for (const [submission, open] of this.open) {
      if (open.stuck === undefined || !isMeant(open.stuck)) continue;
      taken.push([submission, open.stuck]);
      open.stuck = undefined;
    }
    return taken;
  }
}

/**
 * Everything that a campaign knows while it runs. Teams are numbers: their places in the work lists. Its size depends on
 * the teams and the open submissions, not on the number of submissions. Only its methods change it; {@link encodeState}
 * hands it to the workflow's next run.
 */
export type CampaignState = ReadOnly<State>;
export const CampaignState: new (fields: Partial<StateFields>) => CampaignState = State;

/** The data of a state, to create one. */
export type StateFields = FieldsOf<State>;

/** The data of a state, to read. */
export type CampaignFacts = ReadOnly<StateFields>;
