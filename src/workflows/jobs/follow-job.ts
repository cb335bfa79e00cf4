import { ActivityFailure, CancellationScope } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import { faultCause } from '../../campaign/evaluation/fault-cause.ts';
import type { StuckStep } from '../../campaign/model/messages.ts';
import { failureCause } from '../../failure-cause.ts';
import type { Timings } from '../../timings.ts';
import { awaitActivities, lastResort, submitActivities } from '../activity-proxies.ts';
import { isUntaken, untilTaken } from './untaken-activities.ts';
import type { EndableRun } from './end-unwanted-run.ts';

type Submitted = Awaited<ReturnType<Activities['submitBatchJob']>>;

/** The activities of one job. */
export interface JobSteps<End> {
  /** For the Web UI. */
  summary: string;
  submit: (by: Activities) => Promise<Submitted>;
  /** The job is no longer wanted; returns one that may have been submitted anyway. */
  withdraw: (by: Activities) => Promise<Submitted>;
  awaitEnd: (by: Activities, jobId: string, giveUp: boolean) => Promise<End>;
}

/** `left-behind`: no worker could stop the job, which may still be running; the others as {@link JobSteps.submit} returns them. */
export type FollowedJob<End> =
  | { kind: 'ended'; end: End }
  | { kind: 'left-behind'; jobId: string | null }
  | Exclude<Submitted, { kind: 'submitted' | 'adopted' }>;

interface JobContext {
  wanted: EndableRun;
  timings: Timings;
  reportStuck: (stuck: StuckStep | null) => Promise<void>;
}

/**
 * Submits a job and awaits its end. A job that may have been submitted is never abandoned: once it is not wanted, or its
 * workflow is cancelled, it is ended and its cost still determined.
 */
export function followJob<End>(steps: JobSteps<End>, context: JobContext): Promise<FollowedJob<End>> {
  const { summary } = steps;
  const { wanted, timings } = context;
  const taken = <Result>(offer: (startWithin: number) => Promise<Result>): Promise<Result> =>
    untilTaken(offer, timings.untaken, context.reportStuck);
  return CancellationScope.nonCancellable(async () => {
    const job = await wanted.orElse(
      () => taken((startWithin) => steps.submit(submitActivities(summary, timings, startWithin))),
      () => end(`${summary}: withdrawn`, timings, submitActivities, steps.withdraw),
    );
    if (job === undefined) return { kind: 'left-behind', jobId: null };
    if (job.kind === 'abandoned' || job.kind === 'refused') return job;
    const { jobId } = job;
    const ended = await wanted.orElse<End | undefined>(
      () => taken((startWithin) => steps.awaitEnd(awaitActivities(summary, timings, startWithin), jobId, false)),
      () => end(summary, timings, awaitActivities, (by) => steps.awaitEnd(by, jobId, true)),
    );
    return ended === undefined ? { kind: 'left-behind', jobId } : { kind: 'ended', end: ended };
  });
}

/** How long (ms) the step that ends a run is offered to its own queue: an operator waits for it. */
const endsWithin = 5_000;

/**
 * Ends a job by an activity on its own queue or, if no worker takes it there, on the workflow's queue. Returns undefined if
 * neither worked.
 */
async function end<Result>(
  summary: string,
  timings: Timings,
  onOwnQueue: (summary: string, timings: Timings, startWithin: number) => Activities,
  by: (activities: Activities) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await by(onOwnQueue(summary, timings, Math.min(timings.untaken, endsWithin)));
  } catch (error) {
    if (!isUntaken(error)) throw error;
  }
  try {
    return await by(lastResort(summary, timings));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return undefined;
  }
}

/**
 * Why an activity of a run failed, equal for equal faults. A failure's message names the run, so the cause consists of its type
 * and of the words in its details.
 */
export function causeOf(error: unknown, { campaign, submission }: { campaign: string; submission: string }): string {
  const step = error instanceof ActivityFailure ? `${error.activityType}: ` : '';
  return faultCause(`${step}${failureCause(error).said}`, [submission, campaign]);
}
