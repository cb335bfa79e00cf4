import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { OpenedSubmission } from '../../activities/open-submission.ts';
import type { RunOrder } from '../../activities/submit-batch-job.ts';
import type { InstanceClass, Pseudonym, Purpose } from '../../campaign/model/frozen-campaign.ts';
import type { Reason } from '../../campaign/model/reasons.ts';
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

/** A run that was granted. */
interface GrantedRun {
  n: number;
  purpose: Purpose;
  rerun: boolean;
  instanceClass: InstanceClass;
  /** Micro-dollars. */
  reserved: number;
  moreSharedMemory: boolean;
}

/** The runs of one submission: each is requested, submitted once, followed to its end and recorded with its cost. */
export class SubmissionRuns {
  private n: number;
  private evaluations: number;
  private endRun: (() => void) | undefined;
  /** The newest run that is to be ended. */
  private unwanted = 0;

  constructor(
    private readonly input: SubmissionInput,
    private readonly opened: OpenedSubmission,
    private readonly details: CurrentDetails,
    private readonly image: { reference: string; digest: string },
    private readonly grants: RunGrants,
  ) {
    this.n = opened.runsBefore;
    this.evaluations = opened.evaluationsBefore;
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
  async run(wanted: WantedRun, usedUp = false): Promise<Run> {
    this.n += 1;
    logFields.run = this.n;
    const { purpose, moreSharedMemory } = wanted;
    const rerun = purpose === 'evaluation' && this.evaluations > 0;
    const decision = await this.request(this.n, rerun, wanted, usedUp);
    if (decision.kind === 'refused') return { kind: 'refused', reason: decision.reason };
    const instanceClass = this.opened.classes.find(({ name }) => name === decision.class);
    if (purpose === 'evaluation') this.evaluations += 1;
    if (instanceClass === undefined) throw new RangeError(`granted on an unknown class ${decision.class}`);
    const { n, reserved } = decision;
    const granted = { n, purpose, rerun, instanceClass, reserved, moreSharedMemory };
    const note = `run ${n} on ${instanceClass.name}${moreSharedMemory ? ', with more shared memory' : ''}`;
    this.details.enter(purpose === 'probe' ? 'probing' : 'running', note, instanceClass.name);
    const followed = await this.follow(granted);
    if (followed.kind === 'failed') {
      this.recordFailure(granted, followed);
      throw followed.error;
    }
    this.recordEnd(granted, followed.end);
    return { kind: 'ended', n, instanceClass, end: followed.end };
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
    this.record(granted, { ...neverRan, ...this.worstCase(granted), jobId, cause });
  }

  private recordEnd(granted: GrantedRun, end: RunEnd): void {
    const { n, purpose, rerun, instanceClass } = granted;
    const { reason, cause, billedSeconds, costMicroUsd } = end;
    this.record(granted, end);
    this.grants.ended({
      n,
      purpose,
      rerun,
      class: instanceClass.name,
      billedSeconds,
      costMicroUsd,
      ...(reason && { reason }),
      ...(cause !== undefined && { cause }),
      ...(reason === 'unplaceable' && { classShort: true }),
    });
  }

  private record({ n, purpose, instanceClass }: GrantedRun, end: RunEnd): void {
    const { jobId, reason, cause, billedSeconds, costMicroUsd, facts } = end;
    this.details.add({
      n,
      purpose,
      class: instanceClass.name,
      jobId,
      reason,
      ...(cause !== undefined && { cause }),
      billedSeconds,
      costMicroUsd,
      ...(facts && { facts }),
    });
  }

  /** Frees the last run's slot without requesting another run. */
  settle(): Promise<void> {
    return this.grants.settle();
  }

  /** Submits the run and awaits its end; see {@link followJob}. */
  private async follow(granted: GrantedRun): Promise<{ kind: 'ended'; end: RunEnd } | FailedJob> {
    const { n, purpose, instanceClass, moreSharedMemory } = granted;
    const order: RunOrder = {
      ...this.input,
      n,
      purpose,
      class: instanceClass.name,
      image: this.image,
      moreSharedMemory,
    };
    const { billedSeconds: longestSeconds } = this.worstCase(granted);
    const wanted = new EndableRun(CancellationScope.current(), this.unwanted >= n);
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

/** No worker could stop the job. */
const leftBehind = (jobId: string | null, n: number): RunEnd => ({
  ...neverRan,
  jobId,
  reason: 'cancelled',
  cause: `${mayStillBeRunning(jobId, `a job of run ${n}`)}: no worker could stop it`,
});

/** No job was made for the run. */
const neverRan: RunEnd = {
  jobId: null,
  billedSeconds: 0,
  costMicroUsd: 0,
  reason: 'platform-error',
  rule: 'no-outcome',
  memoryLimitMiB: null,
};
