import { taskQueues } from '../../ids.ts';
import type { Access } from '../access.ts';

/** Types of a task queue in Temporal's API. */
const [workflowTasks, activityTasks] = [1, 2];

/** Task queues that no worker has polled for some minutes; tasks there wait. */
export async function unpolledQueues({ temporal }: Access): Promise<string[]> {
  const { namespace } = temporal.options;
  const isUnpolled = async (name: string): Promise<boolean> => {
    const taskQueueType = name === taskQueues.main ? workflowTasks : activityTasks;
    const { pollers } = await temporal.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType,
    });
    return (pollers ?? []).length === 0;
  };
  const names = Object.values(taskQueues);
  const unpolled = await Promise.all(names.map(isUnpolled));
  return names.filter((_, index) => unpolled[index]);
}

export const unpolledLines = (queues: readonly string[]): string[] =>
  queues.length === 0
    ? []
    : [`no worker polls ${queues.join(', ')}; tasks there wait until you start one: npm run worker`];
