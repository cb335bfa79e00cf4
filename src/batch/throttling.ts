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

/**
 * Whether a call was refused for the time of its signature, and the SDK has taken the time from the refusal for the next one. The
 * SDK takes the time from every error; one that is not a refusal may come from a call that was carried out.
 */
function isClockCorrected(error: unknown): boolean {
  if (!(error instanceof BatchServiceException)) return false;
  const { httpStatusCode = 0, clockSkewCorrected } = error.$metadata as {
    clockSkewCorrected?: boolean;
  } & typeof error.$metadata;
  return clockSkewCorrected === true && [400, 401, 403].includes(httpStatusCode);
}

/**
 * Repeats a call while it is throttled, after growing pauses of random length, and once if it was refused for the time of its
 * signature. Any other error, and the last, is passed on.
 */
export async function untilAdmitted<T>(call: () => Promise<T>, wait: (ms: number) => Promise<void>): Promise<T> {
  let isCorrected = false;
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isCorrected && isClockCorrected(error)) {
        isCorrected = true;
        continue;
      }
      if (!isThrottled(error) || tries === repetitions) throw error;
      await wait(Math.min(longest, first * 2 ** tries) * (0.5 + Math.random() / 2));
    }
  }
}
