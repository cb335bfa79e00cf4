import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { taskQueues, type TaskQueueName } from '../ids.ts';
import type { Timings } from '../settings.ts';

/** Trouble is tried again for ever, ever slower; only failures that say so themselves are final. */
const retry = { initialInterval: '1 second', maximumInterval: '60 seconds' } as const;

/**
 * The activities of one queue under a summary that people read in the Web UI. Short ones: one that a killed worker took
 * with it is started again after 30 s.
 */
export function step(
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

/** Minutes to hours, with heartbeats: a lost worker is noticed within seconds. */
export const longStep = (queue: TaskQueueName, summary: string): Activities =>
  step(queue, summary, { startToCloseTimeout: '6 hours', heartbeatTimeout: '15 seconds' });

/** A try after the first waits for Batch's list to settle before it may submit. */
export const submitStep = (summary: string, timings: Timings): Activities =>
  step('submit', summary, {
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: timings.submitHeartbeatTimeout,
  });

/** A run may wait and run for weeks; every restart of a worker is one more attempt of this activity. */
export const awaitStep = (summary: string, timings: Timings): Activities =>
  step('await', summary, {
    startToCloseTimeout: '30 days',
    heartbeatTimeout: timings.awaitHeartbeatTimeout,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
