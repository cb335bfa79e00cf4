import { BatchServiceException } from '@aws-sdk/client-batch';
import { HoldoutError } from '../errors.ts';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';

const retriedStatuses: readonly number[] = [408, 429];

/**
 * Why Batch will never accept a request: a missing queue or job definition, missing permissions. Undefined for throttling,
 * server errors and network errors, which are worth a retry.
 */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof HoldoutError && error.code === 'JOB_DEFINITION_MISSING') return faultCause(error.message);
  if (!(error instanceof BatchServiceException)) return undefined;
  const status = error.$metadata.httpStatusCode ?? 0;
  if (status < 400 || status >= 500 || retriedStatuses.includes(status)) return undefined;
  if (/throttl|toomanyrequests|limitexceeded/i.test(error.name)) return undefined;
  return faultCause(`Batch refuses the job: ${error.name}: ${error.message}`);
}
