import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { markdownText } from '../escaping/markdown.ts';
import { taskQueues, type TaskQueueName } from '../ids.ts';
import type { Timings } from '../timings.ts';
import { authentic } from './authentication/authentic-activities.ts';

/**
 * Errors are retried with growing pauses, and the activities report them to the campaign, see activities/report-stuck.ts. Only
 * errors marked as non-retryable are final.
 */
const retry = { initialInterval: '1 second', maximumInterval: '60 seconds' } as const;

/** A failed copy may have moved gigabytes. */
const retryOfImages = { initialInterval: '1 second', maximumInterval: '30 minutes' } as const;

/** Short activities on one queue, with a summary for the Web UI, which renders Markdown. One that is lost with its worker starts again after 30 s. */
export function activities(
  queue: TaskQueueName,
  summary: string,
  options: Omit<ActivityOptions, 'taskQueue' | 'summary'> = {},
): Activities {
  const offered = proxyActivities<Activities>({
    taskQueue: taskQueues[queue],
    summary: markdownText(summary),
    startToCloseTimeout: '30 seconds',
    retry,
    ...options,
  });
  return authentic(offered);
}

const long = { startToCloseTimeout: '6 hours', heartbeatTimeout: '15 seconds' } as const;

/** Activities of minutes to hours, with heartbeats: a lost worker is noticed within seconds. */
export const longActivities = (queue: TaskQueueName, summary: string): Activities => activities(queue, summary, long);

/** Copies an image; few are copied at a time. */
export const imageActivities = (summary: string, { untaken }: Timings): Activities =>
  activities('images', summary, { ...long, retry: retryOfImages, scheduleToStartTimeout: 10 * untaken });

/** Scores predictions. */
export const scoreActivities = (summary: string, { untaken }: Timings): Activities =>
  activities('score', summary, { ...long, scheduleToStartTimeout: untaken });

/**
 * Every restart of a worker is one more attempt; the tenth worker must take over a run as fast as the second. Errors pause for
 * longer, see activities/index.ts.
 */
const retryOfRuns = { initialInterval: '1 second', maximumInterval: '5 seconds' } as const;

/** A retry waits for Batch's list of jobs to settle before it submits. A cancellation waits until it is known what was submitted. */
export const submitActivities = (summary: string, timings: Timings, startWithin = timings.untaken): Activities =>
  activities('submit', summary, {
    startToCloseTimeout: '10 minutes',
    retry: retryOfRuns,
    heartbeatTimeout: timings.submitHeartbeatTimeout,
    scheduleToStartTimeout: startWithin,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** A run may wait and run for weeks; every restart of a worker is one more attempt of this activity. */
export const awaitActivities = (summary: string, timings: Timings, startWithin = timings.untaken): Activities =>
  activities('await', summary, {
    startToCloseTimeout: '30 days',
    retry: retryOfRuns,
    heartbeatTimeout: timings.awaitHeartbeatTimeout,
    scheduleToStartTimeout: startWithin,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** Ends the jobs of a run that cannot be followed. Bounded, because the submission waits for it. */
export const endingActivities = (summary: string): Activities =>
  activities('main', `${summary}: its jobs are ended`, { scheduleToCloseTimeout: '2 minutes' });

/** Ends a run on the workflow's own queue if no worker takes the activity on its proper one. Bounded, so as not to fill that queue. */
export const lastResort = (summary: string, { untaken, awaitHeartbeatTimeout }: Timings): Activities =>
  activities('main', `${summary}: no worker takes it on its own queue`, {
    startToCloseTimeout: 10 * untaken,
    scheduleToCloseTimeout: 10 * untaken,
    heartbeatTimeout: awaitHeartbeatTimeout,
  });
