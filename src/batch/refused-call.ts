import { HoldoutError } from '../errors.ts';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import { isThrottled } from './throttling.ts';

/** What the SDK attaches to the errors of a call, also to an answer that it could not read. */
interface CallError {
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number };
}

/** The SDK found no credentials, or could not renew them. */
const withoutCredentials = ['CredentialsProviderError', 'TokenProviderError'];

/** Why Batch refuses a call, in its own words; undefined for an error that may pass. */
export const refusalText = (error: unknown): string | undefined =>
  error instanceof Error && isRefused(error) ? `${error.name}: ${error.message}` : undefined;

/**
 * Whether Batch, or the SDK before it, refuses a call however often it is repeated: something is missing, misspelt or not
 * permitted. False for throttling, server errors and network errors.
 */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata, $response } = error as CallError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  if (status >= 400 && status < 500) return status !== 408 && !isThrottled(error);
  return withoutCredentials.includes(error.name);
}

/**
 * Why Batch will never accept a request: a missing queue or job definition, missing permissions. Undefined for throttling,
 * server errors and network errors, which are worth a retry.
 */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof HoldoutError && error.code === 'JOB_DEFINITION_MISSING') return faultCause(error.message);
  const text = refusalText(error);
  return text === undefined ? undefined : faultCause(`Batch refuses the job: ${text}`);
}
