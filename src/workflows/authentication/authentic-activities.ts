import { ActivityFailure, sleep, TemporalFailure } from '@temporalio/workflow';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Activities } from '../../activities/index.ts';
import { unauthenticatedBecause, type RefusalReason } from '../../unauthenticated.ts';
import { refusals } from './refusals.ts';
import { isThisSealed } from './sealed.ts';

/** Between two attempts of an activity that another program completed, in ms: doubles from first to longest. */
const firstPause = 250;
const longestPause = 60_000;

/** Activities whose results come from workers with the codec key: any other result is refused, and the activity runs again. */
export const authentic = (activities: Activities): Activities =>
  new Proxy(activities, {
    get: (target, name: keyof Activities) => {
      const run = target[name] as (input: unknown) => Promise<unknown>;
      return (input: unknown) => untilAuthentic(name, () => run(input));
    },
  });

async function untilAuthentic(name: string, run: () => Promise<unknown>): Promise<unknown> {
  for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    const { reason, settle } = await run().then(
      (result) => ({ reason: refusalOfResult(result), settle: () => result }),
      (error: unknown) => ({
        reason: refusalOfFailure(error),
        settle: () => {
          throw error;
        },
      }),
    );
    if (reason === undefined) return settle();
    refusals.add(`a result of ${name}`, reason);
    await sleep(pause, { summary: `${name} again: its result was not authenticated` });
  }
}

/** Holdout's workers complete activities without a result with null, see worker/authentication.ts. */
function refusalOfResult(result: unknown): RefusalReason | undefined {
  return result === undefined && isThisSealed() ? 'missing' : unauthenticatedBecause(result);
}

/** Failures that the server itself reports, such as timeouts, are not sealed; a worker cannot choose the outer message. */
const reportedByWorker = 'Activity task failed';

function refusalOfFailure(error: unknown): RefusalReason | undefined {
  if (!isThisSealed() || !(error instanceof ActivityFailure) || error.message !== reportedByWorker) return undefined;
  // The server takes only application failures from workers, so none can pretend a timeout or a cancellation.
  const attributes = error.cause instanceof TemporalFailure ? error.cause.failure?.encodedAttributes : undefined;
  return attributes ? unauthenticatedBecause(defaultPayloadConverter.fromPayload(attributes)) : 'missing';
}
