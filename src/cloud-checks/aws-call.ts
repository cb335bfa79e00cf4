import { HoldoutError, holdoutError, messageOf } from '../errors.ts';
import { awsErrorKind } from './rules/aws-error-kind.ts';
import type { Caller } from './caller.ts';

/** For checks: two tries, and an answer within seconds. */
export const quickly = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 },
} as const;

/**
 * Makes a call. `name` is the right that it needs, `batch:DescribeJobQueues`; `target` names the thing. Throws AWS_KEY_REFUSED,
 * AWS_ACCESS_DENIED or AWS_CALL_FAILED.
 */
export async function awsCall<Answer>(
  caller: Caller,
  name: string,
  target: string,
  call: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw awsCallError(caller, name, target, error);
  }
}

/** The error of the catalogue for an error of a call. */
export function awsCallError(caller: Caller, call: string, target: string, error: unknown): HoldoutError {
  if (error instanceof HoldoutError) return error;
  const { accessKeyId: key, effect } = caller;
  const kind = awsErrorKind(error);
  const cause = awsCauseOf(error);
  if (kind.kind === 'key')
    return holdoutError('AWS_KEY_REFUSED', { key, why: `${kind.why} (${cause})`, effect }, error);
  if (kind.kind === 'skewed') return holdoutError('CLOCK_SKEWED', { skew: 'too far from', effect }, error);
  if (kind.kind === 'denied') return holdoutError('AWS_ACCESS_DENIED', { key, call, target, cause, effect }, error);
  return holdoutError('AWS_CALL_FAILED', { call, target, cause, effect }, error);
}

/** AWS's own words. An answer without a body has none but its status. */
export const awsCauseOf = (error: unknown): string => {
  // Further lines are the SDK's own, about its hidden fields.
  const message = messageOf(error).split('\n', 1)[0] ?? '';
  const name = error instanceof Error ? error.name : '';
  return ['Error', 'Unknown', message].includes(name) ? message : `${name}: ${message}`;
};
