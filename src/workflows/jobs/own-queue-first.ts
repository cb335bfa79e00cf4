import { ActivityFailure } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Timings } from '../../timings.ts';
import { lastResort } from '../activity-proxies.ts';
import { isUntaken } from './untaken-activities.ts';

/** How long (ms) the step that ends a run is offered to its own queue: an operator waits for it. */
const endsWithin = 5_000;

/**
 * Ends a job by an activity on its own queue or, if no worker takes it there, on the workflow's queue. Returns undefined if
 * neither worked.
 */
export async function ownQueueFirst<Result>(
  summary: string,
  timings: Timings,
  onOwnQueue: (summary: string, timings: Timings, startWithin: number) => Activities,
  by: (activities: Activities) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await by(onOwnQueue(summary, timings, Math.min(timings.untaken, endsWithin)));
  } catch (error) {
    if (!isUntaken(error)) throw error;
  }
  try {
    return await by(lastResort(summary, timings));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return undefined;
  }
}
