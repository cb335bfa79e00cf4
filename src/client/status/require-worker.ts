import { HoldoutError, holdoutError } from '../../errors.ts';
import { taskQueues } from '../../ids.ts';
import { retryFor } from '../../retry-for.ts';
import type { Access } from '../access.ts';

/** Of Temporal's API: the type of a task queue for workflows. */
const workflowTasks = 1;

/** A worker polls again at least once a minute; the server lists one that is gone for five minutes more. In ms. */
const longestPoll = 75_000;

/** A worker that has just started is listed with its first poll. In ms. */
const firstPoll = 5_000;

/** Throws NO_WORKER if no worker continues workflows: then no command takes effect, and no query is answered. */
export async function requireWorker(access: Pick<Access, 'temporal'>, campaign: string): Promise<void> {
  await retryFor(
    async () => {
      if (Date.now() - (await lastPoll(access)) > longestPoll)
        throw holdoutError('NO_WORKER', { campaign, queue: taskQueues.main });
    },
    { limit: firstPoll, longestPause: 1_000, isPermanent: (error) => !(error instanceof HoldoutError) },
  );
}

/** The instant (ms) of the last poll for workflows; 0 if none is known. */
async function lastPoll({ temporal }: Pick<Access, 'temporal'>): Promise<number> {
  const { pollers } = await temporal.workflowService.describeTaskQueue({
    namespace: temporal.options.namespace,
    taskQueue: { name: taskQueues.main },
    taskQueueType: workflowTasks,
  });
  const polls = (pollers ?? []).map(({ lastAccessTime }) => 1000 * Number(lastAccessTime?.seconds ?? 0));
  return Math.max(0, ...polls);
}
