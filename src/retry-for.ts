import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from './errors.ts';

interface RetryOptions {
  /** Milliseconds after which the last error is thrown. The default lets a finished run survive an outage of S3. */
  limit?: number;
  /** Milliseconds before the first retry. Every later pause is twice as long, up to `longestPause`. */
  firstPause?: number;
  longestPause?: number;
  /** Errors that no retry can help. By default those of the catalogue, such as a record that differs. */
  isPermanent?: (error: unknown) => boolean;
}

/** Retries `work` until it succeeds; throws a permanent error at once, any other when the time is up. */
export async function retryFor<T>(
  work: () => Promise<T>,
  {
    limit = 15 * 60_000,
    firstPause = 250,
    longestPause = 10_000,
    isPermanent = (error) => error instanceof HoldoutError,
  }: RetryOptions = {},
): Promise<T> {
  const giveUpAt = performance.now() + limit;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await work();
    } catch (error) {
      if (isPermanent(error) || performance.now() + pause > giveUpAt) throw error;
      await sleep(pause);
    }
  }
}
