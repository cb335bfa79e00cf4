import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { taskQueues, type TaskQueueName } from '../ids.ts';
import type { Timings } from '../settings.ts';

/** Trouble is tried again for ever, ever slower; only failures that say so themselves are final. */
const retry = { initialInterval: '1 second', maximumInterval: '60 seconds' } as const;

/** The activities of one queue under a summary that people read in the Web UI. */
export function step(
  queue: TaskQueueName,
  summary: string,
  options: Omit<ActivityOptions, 'taskQueue' | 'summary'> = {},
): Activities {
  return proxyActivities<Activities>({
    taskQueue: taskQueues[queue],
    summary,
    startToCloseTimeout: '10 minutes',
    retry,
    ...options,
  });
}

/** Hours for large images; the heartbeat tells a lost worker within a minute. */
export const imageStep = (summary: string): Activities =>
  step('images', summary, { startToCloseTimeout: '6 hours', heartbeatTimeout: '60 seconds' });

export const submitStep = (summary: string, timings: Timings): Activities =>
  step('submit', summary, { heartbeatTimeout: timings.submitHeartbeatTimeout });

/** A run may wait and run for weeks; every restart of a worker is one more attempt of this activity. */
export const awaitStep = (summary: string, timings: Timings): Activities =>
  step('await', summary, {
    startToCloseTimeout: '30 days',
    heartbeatTimeout: timings.awaitHeartbeatTimeout,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
