import { holdoutError } from '../../errors.ts';
import { taskQueues } from '../../ids.ts';
import type { Access } from '../access.ts';

/** Of Temporal's API: the type of a task queue for workflows. */
const workflowTasks = 1;

/** A worker polls again at least once a minute; the server lists one that is gone for five minutes more. In ms. */
const longestPoll = 75_000;

/** Throws NO_WORKER if no worker continues workflows: then no command takes effect, and no query is answered. */
export async function requireWorker({ temporal }: Pick<Access, 'temporal'>, campaign: string): Promise<void> {
  const queue = taskQueues.main;
  const { pollers } = await temporal.workflowService.describeTaskQueue({
    namespace: temporal.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: workflowTasks,
  });
  const newest = Math.max(
    0,
    ...(pollers ?? []).map(({ lastAccessTime }) => 1000 * Number(lastAccessTime?.seconds ?? 0)),
  );
  if (Date.now() - newest > longestPoll) throw holdoutError('NO_WORKER', { campaign, queue });
}
