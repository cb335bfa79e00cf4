import type { Client } from '@temporalio/client';
import { holdoutError, HoldoutError } from '../errors.ts';
import { taskQueues, type TaskQueueName } from '../ids.ts';
import { retryFor } from '../retry-for.ts';

/** Types of a task queue in Temporal's API. */
const [workflowTasks, activityTasks] = [1, 2];

const names = Object.keys(taskQueues) as TaskQueueName[];

/** A worker that has just started polls within this time, in ms. */
const justStarted = {
  limit: 5_000,
  firstPause: 500,
  isPermanent: (error: unknown) => !(error instanceof HoldoutError),
};

/** The queues that no worker has polled for some minutes; tasks there wait. */
export async function unpolledBy({ workflowService, options }: Client): Promise<TaskQueueName[]> {
  const { namespace } = options;
  const isUnpolled = async (queue: TaskQueueName): Promise<boolean> => {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueues[queue] },
      taskQueueType: queue === 'main' ? workflowTasks : activityTasks,
    });
    return (pollers ?? []).length === 0;
  };
  const unpolled = await Promise.all(names.map(isUnpolled));
  return names.filter((_, index) => unpolled[index]);
}

/** Checks that every queue has a worker, and waits a moment for one that is starting. Throws WORKERS_MISSING. */
export const checkPollers = (temporal: Client, effect?: string): Promise<void> =>
  retryFor(async () => {
    const unpolled = await unpolledBy(temporal);
    if (unpolled.length === 0) return;
    throw holdoutError('WORKERS_MISSING', {
      queues: unpolled.map((name) => taskQueues[name]),
      names: unpolled,
      effect,
    });
  }, justStarted);
