import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import type { StuckStep } from '../../campaign/model/messages.ts';

/** No worker took an activity within its schedule-to-start timeout; it has not run. */
export const isUntaken = (error: unknown): error is ActivityFailure =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';

/** How the campaign reports such an activity; `since` in ms. */
export const stuckUntaken = ({ activityType }: ActivityFailure, since: number): StuckStep => ({
  what: activityType,
  cause: `no worker takes ${activityType}`,
  tries: 0,
  since,
});

/**
 * Schedules an activity until a worker takes it, waiting twice as long (ms) each time. Reports every time that none took it,
 * and null once one did.
 */
export async function untilTaken<Result>(
  schedule: (startWithin: number) => Promise<Result>,
  startWithin: number,
  report: (stuck: StuckStep | null) => Promise<void>,
): Promise<Result> {
  const since = Date.now();
  for (let longer = startWithin; ; longer *= 2) {
    try {
      const result = await schedule(longer);
      if (longer > startWithin) await report(null);
      return result;
    } catch (error) {
      if (!isUntaken(error)) throw error;
      await report(stuckUntaken(error, since));
    }
  }
}
