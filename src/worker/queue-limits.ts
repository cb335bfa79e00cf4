import type { WorkerOptions } from '@temporalio/worker';
import type { TaskQueueName } from '../ids.ts';

/**
 * Limits of each queue. SubmitJob: at most 40 per second over all workers, below Batch's fixed 50. The Temporal server lets
 * another second's worth through at once (bench/api-calls.ts saw 53 at a limit of 40), hence half of that. The queue main also
 * ends runs that no worker follows, half a minute each: an abort ends all of them together (test/long/steering/abort-many.test.ts).
 */
export const queueLimits: Record<TaskQueueName, Partial<WorkerOptions>> = {
  main: { maxCachedWorkflows: 500, maxConcurrentActivityTaskExecutions: 500 },
  images: { maxConcurrentActivityTaskExecutions: 4 },
  submit: { maxConcurrentActivityTaskExecutions: 20, maxTaskQueueActivitiesPerSecond: 20 },
  await: { maxConcurrentActivityTaskExecutions: 1_000 },
  score: { maxConcurrentActivityTaskExecutions: 2 },
};
