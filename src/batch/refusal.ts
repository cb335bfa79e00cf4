import { BatchServiceException } from '@aws-sdk/client-batch';
import { HoldoutError } from '../errors.ts';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import { isThrottled } from './throttling.ts';

/**
 * Why Batch will never accept a request: a missing queue or job definition, missing permissions. Undefined for throttling,
 * server errors and network errors, which are worth a retry.
 */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof HoldoutError && error.code === 'JOB_DEFINITION_MISSING') return faultCause(error.message);
  if (!(error instanceof BatchServiceException)) return undefined;
  const status = error.$metadata.httpStatusCode ?? 0;
  if (status < 400 || status >= 500 || status === 408 || isThrottled(error)) return undefined;
  return faultCause(`Batch refuses the job: ${error.name}: ${error.message}`);
}
