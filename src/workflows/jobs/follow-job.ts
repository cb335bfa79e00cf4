import { ActivityFailure, CancellationScope, patched } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import { faultCause } from '../../campaign/evaluation/fault-cause.ts';
import type { StuckStep } from '../../campaign/model/messages.ts';
import { failureCause } from '../../failure-cause.ts';
import type { Timings } from '../../timings.ts';
import { awaitActivities, endingActivities, submitActivities } from '../activity-proxies.ts';
import { untilTaken } from './untaken-activities.ts';
import type { EndableRun } from './end-unwanted-run.ts';
import { ownQueueFirst } from './own-queue-first.ts';

type Submitted = Awaited<ReturnType<Activities['submitBatchJob']>>;

/** The activities of one job. */
export interface JobSteps<End> {
  /** For the Web UI. */
  summary: string;
  submit: (by: Activities) => Promise<Submitted>;
  /** The job is no longer wanted; returns one that may have been submitted anyway. */
  withdraw: (by: Activities) => Promise<Submitted>;
  awaitEnd: (by: Activities, jobId: string, giveUp: boolean) => Promise<End>;
  /** The steps above failed for good: ends the jobs without them. */
  endJobs: (by: Activities, jobId: string | null) => ReturnType<Activities['endJobs']>;
}

/**
 * `left-behind`: no worker could stop the job, which may still be running. `failed`: a step failed and is not retried, and the job
 * was ended unless it `mayStillRun`. The others as {@link JobSteps.submit} returns them.
 */
export type FollowedJob<End> =
  | { kind: 'ended'; end: End }
  | { kind: 'left-behind'; jobId: string | null }
  | { kind: 'failed'; jobId: string | null; error: ActivityFailure; mayStillRun: boolean }
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
    const failed = (jobId: string | null) => (error: unknown) => afterFailure(steps, jobId, error);
    const job = await wanted
      .orElse(
        () => taken((startWithin) => steps.submit(submitActivities(summary, timings, startWithin))),
        () => ownQueueFirst(`${summary}: withdrawn`, timings, submitActivities, steps.withdraw),
      )
      .catch(failed(null));
    if (job === undefined) return { kind: 'left-behind', jobId: null };
    if (job.kind === 'abandoned' || job.kind === 'refused' || job.kind === 'failed') return job;
    const { jobId } = job;
    return wanted
      .orElse<End | undefined>(
        () => taken((startWithin) => steps.awaitEnd(awaitActivities(summary, timings, startWithin), jobId, false)),
        () => ownQueueFirst(summary, timings, awaitActivities, (by) => steps.awaitEnd(by, jobId, true)),
      )
      .then((ended): FollowedJob<End> =>
        ended === undefined ? { kind: 'left-behind', jobId } : { kind: 'ended', end: ended },
      )
      .catch(failed(jobId));
  });
}

/** Marks histories in which the jobs of a run are ended after one of its steps failed for good. */
const endsUnfollowed = 'end-unfollowed-jobs';

async function afterFailure(
  { summary, endJobs }: Pick<JobSteps<unknown>, 'summary' | 'endJobs'>,
  jobId: string | null,
  error: unknown,
): Promise<Extract<FollowedJob<never>, { kind: 'failed' }>> {
  if (!(error instanceof ActivityFailure)) throw error;
  if (!patched(endsUnfollowed)) return { kind: 'failed', jobId, error, mayStillRun: true };
  try {
    const { mayStillRun } = await endJobs(endingActivities(summary), jobId);
    return { kind: 'failed', jobId: jobId ?? mayStillRun[0] ?? null, error, mayStillRun: mayStillRun.length > 0 };
  } catch (failure) {
    if (!(failure instanceof ActivityFailure)) throw failure;
    return { kind: 'failed', jobId, error, mayStillRun: true };
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

/** What an operator must know of a job that could not be ended. `unnamed`: how to call it if its id is not known. */
export const mayStillBeRunning = (jobId: string | null, unnamed: string): string =>
  `${jobId === null ? unnamed : `job ${jobId}`} may still be running`;
