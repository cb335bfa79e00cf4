import { unpolledBy } from '../../../cloud-checks/pollers.ts';
import { taskQueues } from '../../../ids.ts';
import type { Access } from '../../access.ts';

/** Task queues that no worker has polled for some minutes; tasks there wait. */
export const unpolledQueues = async ({ temporal }: Access): Promise<string[]> =>
  (await unpolledBy(temporal)).map((name) => taskQueues[name]);

export const unpolledLines = (queues: readonly string[]): string[] =>
  queues.length === 0
    ? []
    : [`no worker polls ${queues.join(', ')}; tasks there wait until you start one: npm run worker`];
