import { BatchServiceException } from '@aws-sdk/client-batch';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';

const laterStatuses: readonly number[] = [408, 429];

/**
 * Why Batch will never take a request however often it is sent: a queue or definition that is not there, missing rights.
 * Undefined for throttling, trouble of Batch's own and of the network, which pass.
 */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof BatchServiceException)) return undefined;
  const status = error.$metadata.httpStatusCode ?? 0;
  if (status < 400 || status >= 500 || laterStatuses.includes(status)) return undefined;
  if (/throttl|toomanyrequests|limitexceeded/i.test(error.name)) return undefined;
  return faultCause(`Batch refuses the job: ${error.name}: ${error.message}`);
}
