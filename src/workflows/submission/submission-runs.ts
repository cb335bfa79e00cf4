import { ActivityFailure, CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { OpenedSubmission } from '../../activities/open-submission.ts';
import type { RunOrder } from '../../activities/submit-batch-job.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import type { Reason } from '../../campaign/model/reasons.ts';
import type { RoundKind } from '../../campaign/model/work-list.ts';
import type { WantedRun } from '../../campaign/evaluation/evaluation-state-machine.ts';
import type { Timings } from '../../settings.ts';
import { causeOf } from '../activity-fault.ts';
import type { CurrentDetails } from './current-details.ts';
import { endRunSignal } from '../messages.ts';
import type { RunGrants } from './run-grants.ts';
import { awaitActivities, lastResort, submitActivities } from '../activity-proxies.ts';
import { isUntaken, untilTaken } from './untaken.ts';
import type { RunEnd } from '../../activities/run-end.ts';

export interface SubmissionInput {
  campaign: string;
  submission: string;
  team: string;
  /** Which round of the submission this is, and what it does. */
  sequence: number;
  kind: RoundKind;
}

export interface EndedRun {
  kind: 'ended';
  n: number;
  on: InstanceClass;
  end: RunEnd;
}
export type Run = EndedRun | { kind: 'refused'; reason: Reason };

/** The runs of one submission: each asked for, submitted once, followed to its end and kept with its cost. */
export class SubmissionRuns {
  private n: number;
  private evaluations: number;
  private endRun: (() => void) | undefined;
  /** The newest run that is to end. */
  private unwanted = 0;

  constructor(
    private readonly input: SubmissionInput,
    private readonly opened: OpenedSubmission,
    private readonly caseFile: CurrentDetails,
    private readonly image: { reference: string; digest: string },
    private readonly permits: RunGrants,
  ) {
    this.n = opened.runsBefore;
    this.evaluations = opened.evaluationsBefore;
    setHandler(endRunSignal, ({ n }) => {
      this.unwanted = Math.max(this.unwanted, n);
      if (n === this.n) this.endRun?.();
    });
  }

  /** The number of the last run that was asked for. */
  get newest(): number {
    return this.n;
  }

  /** `usedUp`: it may only run if the fault that ended its last run is everybody's. */
  async run({ purpose, options, needMeasured, moreSharedMemory }: WantedRun, usedUp = false): Promise<Run> {
    this.n += 1;
    const n = this.n;
    const rerun = purpose === 'evaluation' && this.evaluations > 0;
    const [wanted] = options;
    const forWhat = `for run ${n}, ${purpose === 'probe' ? 'a probe' : 'an evaluation'}`;
    this.caseFile.enter(
      'waiting',
      `${forWhat} on ${options.map((option) => option.class).join(' or ')}`,
      wanted?.class,
    );
    const permit = await this.permits.ask({
      n,
      purpose,
      rerun,
      options,
      ...(needMeasured && { needMeasured }),
      ...(usedUp && { usedUp }),
    });
    if (permit.kind === 'refused') return { kind: 'refused', reason: permit.reason };
    const on = this.opened.classes.find(({ name }) => name === permit.class);
    if (purpose === 'evaluation') this.evaluations += 1;
    if (on === undefined) throw new RangeError(`granted on an unknown class ${permit.class}`);
    const note = `run ${n} on ${on.name}${moreSharedMemory ? ', with more shared memory' : ''}`;
    this.caseFile.enter(purpose === 'probe' ? 'probing' : 'running', note, on.name);
    const end = await this.seeThrough({
      ...this.input,
      n,
      purpose,
      class: on.name,
      image: this.image,
      moreSharedMemory,
      reserved: permit.reserved,
    }).catch((error: unknown) => {
      // Nobody knows what it cost: the worst case counts.
      const unknownEnd = {
        jobId: null,
        reason: 'platform-error',
        cause: causeOf(error),
        billedSeconds: 0,
        costMicroUsd: permit.reserved,
      } as const;
      this.caseFile.add({ n, purpose, class: on.name, ...unknownEnd });
      throw error;
    });
    const { jobId, reason, cause, billedSeconds, costMicroUsd, facts } = end;
    this.caseFile.add({
      n,
      purpose,
      class: on.name,
      jobId,
      reason,
      ...(cause !== undefined && { cause }),
      billedSeconds,
      costMicroUsd,
      ...(facts && { facts }),
    });
    this.permits.ended({
      n,
      purpose,
      rerun,
      class: on.name,
      billedSeconds,
      costMicroUsd,
      ...(reason && { reason }),
      ...(cause !== undefined && { cause }),
      ...(reason === 'unplaceable' && { classShort: true }),
    });
    return { kind: 'ended', n, on, end };
  }

  /** Frees the last run's slot without asking for another. */
  settle(): Promise<void> {
    return this.permits.settle();
  }

  /** A job that may have been submitted is never left alone: a cancellation, or `endRun`, ends it and still learns its cost. */
  private async seeThrough({ reserved, ...order }: RunOrder & { reserved: number }): Promise<RunEnd> {
    const { n, purpose } = order;
    const { timings } = this.opened;
    const summary = `run ${n}: ${purpose} on ${order.class}`;
    const wanted = new Wanted(CancellationScope.current(), this.unwanted >= n);
    this.endRun = () => wanted.end();
    return CancellationScope.nonCancellable(async (): Promise<RunEnd> => {
      const withdraw = (by: Activities) => by.submitBatchJob({ ...order, withdraw: true });
      const job = await wanted.orElse(
        () => this.untilTaken((patience) => submitActivities(summary, timings, patience).submitBatchJob(order)),
        () => this.ended(`${summary}: withdrawn`, submitActivities, withdraw),
      );
      if (job === undefined) return leftBehind(`a job of run ${n}`, null, reserved);
      if (job.kind === 'abandoned') return { ...neverRan, reason: wanted.isOver ? 'cancelled' : 'platform-error' };
      if (job.kind === 'refused') return { ...neverRan, cause: job.cause };
      const { jobId } = job;
      const follow = (giveUp: boolean) => (by: Activities) => by.awaitBatchJob({ ...order, jobId, giveUp });
      const end = await wanted.orElse(
        () => this.untilTaken((patience) => follow(false)(awaitActivities(summary, timings, patience))),
        () => this.ended(summary, awaitActivities, follow(true)),
      );
      return end ?? leftBehind(`job ${jobId}`, jobId, reserved);
    }).finally(() => (this.endRun = undefined));
  }

  private untilTaken<Result>(offer: (patience: number) => Promise<Result>): Promise<Result> {
    return untilTaken(offer, this.opened.timings.untaken, (stuck) => this.permits.tellStuck(stuck));
  }

  /** A step that ends a run, on its queue or, where no worker takes it, on the workflow's own; undefined: neither could. */
  private async ended<Result>(
    summary: string,
    own: (summary: string, timings: Timings) => Activities,
    end: (by: Activities) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { timings } = this.opened;
    try {
      return await end(own(summary, timings));
    } catch (error) {
      if (!isUntaken(error)) throw error;
    }
    try {
      return await end(lastResort(summary, timings));
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      return undefined;
    }
  }
}

/** A run that is wanted until its submission is cancelled or somebody ends it. */
class Wanted {
  isOver: boolean;
  private scope: CancellationScope | undefined;

  constructor(submission: CancellationScope, isOver: boolean) {
    this.isOver = isOver || submission.consideredCancelled;
    submission.cancelRequested.catch(() => this.end());
  }

  end(): void {
    this.isOver = true;
    this.scope?.cancel();
  }

  /** Does an activity as long as the run is wanted, else the other. */
  async orElse<Result>(activity: () => Promise<Result>, other: () => Promise<Result>): Promise<Result> {
    if (this.isOver) return other();
    this.scope = new CancellationScope();
    try {
      return await this.scope.run(activity);
    } catch (error) {
      // The server tries a cancelled activity no second time, even when only its worker went away.
      if (!this.scope.consideredCancelled || !(error instanceof ActivityFailure || isCancellation(error))) throw error;
      return other();
    } finally {
      this.scope = undefined;
    }
  }
}

/** Nobody could end the run, so the worst case counts; `what` may go on. */
const leftBehind = (what: string, jobId: string | null, reserved: number): RunEnd => ({
  ...neverRan,
  jobId,
  costMicroUsd: reserved,
  reason: 'cancelled',
  cause: `${what} may still run: no worker could end it`,
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
