import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { taskQueues, type TaskQueueName } from '../ids.ts';
import type { Timings } from '../settings.ts';

/**
 * Trouble is tried again, ever slower; the activities tell the campaign of it, see activities/report-stuck.ts. Only failures
 * that say so themselves are final.
 */
const retry = { initialInterval: '1 second', maximumInterval: '60 seconds' } as const;

/** A copy may move gigabytes in vain. */
const retryOfImages = { initialInterval: '1 second', maximumInterval: '30 minutes' } as const;

/**
 * The activities of one queue under a summary that people read in the Web UI. Short ones: one that a killed worker took
 * with it is started again after 30 s.
 */
export function activities(
  queue: TaskQueueName,
  summary: string,
  options: Omit<ActivityOptions, 'taskQueue' | 'summary'> = {},
): Activities {
  return proxyActivities<Activities>({
    taskQueue: taskQueues[queue],
    summary,
    startToCloseTimeout: '30 seconds',
    retry,
    ...options,
  });
}

const long = { startToCloseTimeout: '6 hours', heartbeatTimeout: '15 seconds' } as const;

/** Minutes to hours, with heartbeats: a lost worker is noticed within seconds. */
export const longActivities = (queue: TaskQueueName, summary: string): Activities => activities(queue, summary, long);

/** Copies an image; few are copied at a time. */
export const imageActivities = (summary: string, { untaken }: Timings): Activities =>
  activities('images', summary, { ...long, retry: retryOfImages, scheduleToStartTimeout: 10 * untaken });

/** Scores predictions. */
export const scoreActivities = (summary: string, { untaken }: Timings): Activities =>
  activities('score', summary, { ...long, scheduleToStartTimeout: untaken });

/** A try after the first waits for Batch's list to settle before it may submit. What it submits is known when it ends. */
export const submitActivities = (summary: string, timings: Timings, patience = timings.untaken): Activities =>
  activities('submit', summary, {
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: timings.submitHeartbeatTimeout,
    scheduleToStartTimeout: patience,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** A run may wait and run for weeks; every restart of a worker is one more attempt of this activity. */
export const awaitActivities = (summary: string, timings: Timings, patience = timings.untaken): Activities =>
  activities('await', summary, {
    startToCloseTimeout: '30 days',
    heartbeatTimeout: timings.awaitHeartbeatTimeout,
    scheduleToStartTimeout: patience,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** Ends a run from the workflow's own queue, because no worker takes the step where it belongs. Bounded: it must not fill that queue. */
export const lastResort = (summary: string, { untaken, awaitHeartbeatTimeout }: Timings): Activities =>
  activities('main', `${summary}: no worker takes it on its own queue`, {
    startToCloseTimeout: 10 * untaken,
    scheduleToCloseTimeout: 10 * untaken,
    heartbeatTimeout: awaitHeartbeatTimeout,
  });
