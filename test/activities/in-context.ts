import { setTimeout as delay } from 'node:timers/promises';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import type { Activities } from '../../src/activities/index.ts';

/** The parts of a first attempt's context that activities use. */
const context = {
  info: { attempt: 1, activityType: 'direct' },
  cancellationSignal: new AbortController().signal,
  log: { warn: () => undefined },
  heartbeat: () => undefined,
  sleep: (ms: number) => delay(ms),
} as unknown as Context;

/** Activities that can be called without a worker, so that errors arrive as thrown. */
export const inContext = (activities: Activities): Activities =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: never) => asyncLocalStorage.run(context, () => activity(input)),
    ]),
  ) as unknown as Activities;
