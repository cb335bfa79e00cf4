import { ActivityFailure, CancellationScope, setHandler } from '@temporalio/workflow';
import type { OpenedSubmission } from '../../activities/open-submission.ts';
import type { RunOrder } from '../../activities/submit-batch-job.ts';
import type { InstanceClass, Pseudonym, Purpose } from '../../campaign/model/frozen-campaign.ts';
import type { Grant } from '../../campaign/model/messages.ts';
import type { Reason } from '../../campaign/model/reasons.ts';
import { worstCostMicroUsd } from '../../campaign/model/money.ts';
import { longestRunSeconds } from '../../campaign/model/run-limits.ts';
import type { RoundKind } from '../../campaign/model/work-list.ts';
import type { WantedRun } from '../../campaign/evaluation/evaluation-state-machine.ts';
import type { SealedInput } from '../authentication/sealed.ts';
import type { CurrentDetails } from './current-details.ts';
import { logFields } from '../log-fields.ts';
import { endRunSignal } from '../signals-and-queries.ts';
import type { GrantDecision, RunGrants } from './run-grants.ts';
import { causeOf, followJob, mayStillBeRunning, type FollowedJob } from '../jobs/follow-job.ts';
import { EndableRun } from '../jobs/end-unwanted-run.ts';
import type { RunEnd } from '../../activities/run-end.ts';
import type { SubmittedRun } from '../../activities/jobs/submitted-runs.ts';
import { leftBehind, neverRan, runRecordOf, settlementOf, type GrantedRun } from './run-ends.ts';

export interface SubmissionInput extends SealedInput {
  campaign: string;
  submission: string;
  team: string;
  /** Which round of the submission this is, and what it does. */
  sequence: number;
  kind: RoundKind;
  /** What operators see in place of submission and team; absent: their names. */
  shownAs?: Pseudonym;
}

export interface EndedRun {
  kind: 'ended';
  n: number;
  instanceClass: InstanceClass;
  end: RunEnd;
}
export type Run = EndedRun | { kind: 'refused'; reason: Reason };

type FailedJob = Extract<FollowedJob<RunEnd>, { kind: 'failed' }>;
type JobWithoutOutcome = Exclude<FollowedJob<RunEnd>, { kind: 'ended' | 'failed' }>;

/** The runs of one submission: each is requested, submitted once, followed to its end and recorded with its cost. */
export class SubmissionRuns {
  private n: number;
  private evaluations: number;
  private endRun: (() => void) | undefined;
  /** The newest run that is to be ended. */
  private unwanted = 0;
  /** The round had these runs when its workflow lost its history; in order. */
  private readonly submitted: SubmittedRun[];

  constructor(
    private readonly input: SubmissionInput,
    private readonly opened: OpenedSubmission,
    private readonly details: CurrentDetails,
    private readonly grants: RunGrants,
  ) {
    this.n = opened.runsBefore;
    this.evaluations = opened.evaluationsBefore;
    this.submitted = [...(opened.reopened?.runs ?? [])];
    setHandler(endRunSignal, ({ n }) => {
      this.unwanted = Math.max(this.unwanted, n);
      if (n === this.n) this.endRun?.();
    });
  }

  /** The number of the last run that was requested. */
  get newest(): number {
    return this.n;
  }

  /** `usedUp`: it may only run if other submissions meet the platform fault that ended its last run too. */
  async run(wanted: WantedRun, image: RunOrder['image'], usedUp = false): Promise<Run> {
    const submitted = await this.resumeNext(wanted.purpose);
    if (submitted) return submitted;
    const n = Math.max(this.n, this.opened.reopened?.highest ?? 0) + 1;
    this.enter(n);
    const { purpose, moreSharedMemory } = wanted;
    const rerun = purpose === 'evaluation' && this.evaluations > 0;
    const decision = await this.request(n, rerun, wanted, usedUp);
    if (decision.kind === 'refused') return { kind: 'refused', reason: decision.reason };
    const instanceClass = this.classNamed(decision.class);
    const { reserved } = decision;
    return this.carryOut({ n: decision.n, purpose, rerun, instanceClass, reserved, moreSharedMemory, image }, false);
  }

  /** The newest run that may have a slot when the workflow has lost its history, as its campaign granted it. */
  get held(): Omit<Grant, 'since'> | undefined {
    const run = this.submitted.at(-1);
    if (run === undefined || run.abandoned) return undefined;
    const { n, purpose, class: name } = run;
    const earlier = this.submitted.slice(0, -1).some((one) => one.purpose === 'evaluation');
    const rerun = purpose === 'evaluation' && (this.evaluations > 0 || earlier);
    return { n, purpose, rerun, class: name, reserved: this.highestCost(this.classNamed(name)) };
  }

  /** Ends the runs that the round does not need any more: its workflow lost its history before they ended. */
  async endRest(): Promise<void> {
    while (this.submitted.length > 0) {
      try {
        await this.resumeNext(null);
      } catch (error) {
        // It is on record as a run that may still be running.
        if (!(error instanceof ActivityFailure)) throw error;
      }
    }
  }

  /**
   * Follows the next run that was submitted before the workflow lost its history. One that was given up, or that has another
   * purpose than what is wanted now, is ended, and the one after it followed. Undefined: there is none left.
   */
  private async resumeNext(purpose: Purpose | null): Promise<EndedRun | undefined> {
    for (;;) {
      if (this.submitted.length > 0) await this.settle();
      const run = this.submitted.shift();
      if (run === undefined) return undefined;
      const isWanted = run.purpose === purpose && run.abandoned === undefined;
      const ended = await this.resume(run, isWanted);
      if (isWanted) return ended;
    }
  }

  private resume({ class: name, ...run }: SubmittedRun, isWanted: boolean): Promise<EndedRun> {
    const instanceClass = this.classNamed(name);
    const rerun = run.purpose === 'evaluation' && this.evaluations > 0;
    this.enter(run.n);
    return this.carryOut({ ...run, rerun, instanceClass, reserved: this.highestCost(instanceClass) }, !isWanted);
  }

  private highestCost(instanceClass: InstanceClass): number {
    return worstCostMicroUsd(this.opened.limits, instanceClass, this.opened.classes);
  }

  private enter(n: number): void {
    this.n = n;
    logFields.run = n;
  }

  private async carryOut(granted: GrantedRun, isOver: boolean): Promise<EndedRun> {
    const { n, purpose, instanceClass, moreSharedMemory } = granted;
    if (purpose === 'evaluation') this.evaluations += 1;
    const note = `run ${n} on ${instanceClass.name}${moreSharedMemory ? ', with more shared memory' : ''}`;
    this.details.enter(purpose === 'probe' ? 'probing' : 'running', note, instanceClass.name);
    const followed = await this.follow(granted, isOver);
    if (followed.kind === 'failed') {
      this.recordFailure(granted, followed);
      throw followed.error;
    }
    this.recordEnd(granted, followed.end);
    return { kind: 'ended', n, instanceClass, end: followed.end };
  }

  private classNamed(name: string): InstanceClass {
    const found = this.opened.classes.find((one) => one.name === name);
    if (found === undefined) throw new RangeError(`granted on an unknown class ${name}`);
    return found;
  }

  private request(
    n: number,
    rerun: boolean,
    { purpose, options, needMeasured }: WantedRun,
    usedUp: boolean,
  ): Promise<GrantDecision> {
    const names = options.map((option) => option.class);
    const note = `for run ${n}, ${purpose === 'probe' ? 'a probe' : 'an evaluation'} on ${names.join(' or ')}`;
    this.details.enter('waiting', note, names[0]);
    return this.grants.ask({
      n,
      purpose,
      rerun,
      options,
      ...(needMeasured && { needMeasured }),
      ...(usedUp && { usedUp }),
    });
  }

  private recordFailure(granted: GrantedRun, { jobId, error, mayStillRun }: FailedJob): void {
    const stillRunning = mayStillRun ? `; ${mayStillBeRunning(jobId, `a job of run ${granted.n}`)}` : '';
    const cause = `${causeOf(error, this.input)}${stillRunning}`;
    this.details.add(runRecordOf(granted, { ...neverRan, ...this.worstCase(granted), jobId, cause }));
  }

  private recordEnd(granted: GrantedRun, end: RunEnd): void {
    this.details.add(runRecordOf(granted, end));
    this.grants.ended(settlementOf(granted, end));
  }

  /** Frees the last run's slot without requesting another run. */
  settle(): Promise<void> {
    return this.grants.settle();
  }

  /** Submits the run and awaits its end; see {@link followJob}. */
  private async follow(granted: GrantedRun, isOver: boolean): Promise<{ kind: 'ended'; end: RunEnd } | FailedJob> {
    const { n, purpose, instanceClass, moreSharedMemory, image } = granted;
    const order: RunOrder = {
      ...this.input,
      n,
      purpose,
      class: instanceClass.name,
      image,
      moreSharedMemory,
    };
    const { billedSeconds: longestSeconds } = this.worstCase(granted);
    const wanted = new EndableRun(CancellationScope.current(), isOver || this.unwanted >= n);
    this.endRun = () => wanted.end();
    const job = await followJob<RunEnd>(
      {
        summary: `run ${n}: ${purpose} on ${order.class}`,
        submit: (by) => by.submitBatchJob(order),
        withdraw: (by) => by.submitBatchJob({ ...order, withdraw: true }),
        awaitEnd: (by, jobId, giveUp) => by.awaitBatchJob({ ...order, jobId, giveUp }),
        endJobs: (by, jobId) => by.endJobs({ ...order, jobId, queue: instanceClass.queue, longestSeconds }),
      },
      { wanted, timings: this.opened.timings, reportStuck: (stuck) => this.grants.reportStuck(stuck) },
    ).finally(() => (this.endRun = undefined));
    if (job.kind === 'ended' || job.kind === 'failed') return job;
    return { kind: 'ended', end: this.endWithoutOutcome(granted, job, wanted.isOver) };
  }

  private endWithoutOutcome(granted: GrantedRun, job: JobWithoutOutcome, isOver: boolean): RunEnd {
    switch (job.kind) {
      case 'refused':
        return { ...neverRan, cause: job.cause };
      case 'abandoned':
        return { ...neverRan, reason: isOver ? 'cancelled' : 'platform-error' };
      case 'left-behind':
        return { ...leftBehind(job.jobId, granted.n), ...this.worstCase(granted) };
    }
  }

  /** What counts for a run whose time nobody knows. */
  private worstCase({ instanceClass, reserved }: GrantedRun): Pick<RunEnd, 'billedSeconds' | 'costMicroUsd'> {
    const { limits, classes } = this.opened;
    return { billedSeconds: longestRunSeconds(limits, instanceClass, classes), costMicroUsd: reserved };
  }
}
