import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import type { StuckStep } from '../../campaign/model/messages.ts';

/** No worker took an activity within its schedule-to-start timeout; it has not run. */
export const isUntaken = (error: unknown): error is ActivityFailure =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';

/** What the campaign is told of it; `since` in ms. */
export const stuckUntaken = ({ activityType }: ActivityFailure, since: number): StuckStep => ({
  what: activityType,
  cause: `no worker takes ${activityType}`,
  tries: 0,
  since,
});

/**
 * Offers an activity until a worker takes it, each time twice as long (ms), and tells of every offer that nobody took; null:
 * it is done after all.
 */
export async function untilTaken<Result>(
  offer: (patience: number) => Promise<Result>,
  patience: number,
  tell: (stuck: StuckStep | null) => Promise<void>,
): Promise<Result> {
  const since = Date.now();
  for (let longer = patience; ; longer *= 2) {
    try {
      const result = await offer(longer);
      if (longer > patience) await tell(null);
      return result;
    } catch (error) {
      if (!isUntaken(error)) throw error;
      await tell(stuckUntaken(error, since));
    }
  }
}
