import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from '../errors.ts';

const limitMs = 15 * 60_000;
const longestPauseMs = 10_000;

/**
 * Tries `work` again until it succeeds, for up to 15 minutes: S3 being away must not lose a finished run. Trouble of the
 * catalogue, such as a record that differs, is thrown at once.
 */
export async function retryFor<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof HoldoutError || performance.now() + pauseMs > giveUpAt) throw error;
      await sleep(pauseMs);
    }
  }
}
