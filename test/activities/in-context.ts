import { asyncLocalStorage, type Context } from '@temporalio/activity';
import type { Activities } from '../../src/activities/index.ts';

/** As much of a first try's context as activities ask for. */
const context = {
  info: { attempt: 1, activityType: 'direct' },
  cancellationSignal: new AbortController().signal,
} as unknown as Context;

/** The activities to be called without a worker, which shows their errors as they are thrown. */
export const inContext = (activities: Activities): Activities =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: never) => asyncLocalStorage.run(context, () => activity(input)),
    ]),
  ) as unknown as Activities;
