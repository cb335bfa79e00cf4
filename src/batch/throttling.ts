import { BatchServiceException } from '@aws-sdk/client-batch';

/** Milliseconds before the first repetition; doubled each time up to `longest`. */
const first = 500;
const longest = 20_000;
/** Repetitions before the error is passed on: together about two minutes. */
const repetitions = 12;

/**
 * Whether Batch refused a call only because there were too many. It did not begin to carry it out: a SubmitJob that was
 * throttled made no job.
 */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof BatchServiceException)) return false;
  const status = error.$metadata.httpStatusCode ?? 0;
  return status === 429 || (status >= 400 && status < 500 && /throttl|toomanyrequests|limitexceeded/i.test(error.name));
}

/** Repeats a call while it is throttled, after growing pauses of random length. Any other error, and the last, is passed on. */
export async function untilAdmitted<T>(call: () => Promise<T>, wait: (ms: number) => Promise<void>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isThrottled(error) || tries === repetitions) throw error;
      await wait(Math.min(longest, first * 2 ** tries) * (0.5 + Math.random() / 2));
    }
  }
}
