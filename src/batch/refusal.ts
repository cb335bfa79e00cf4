import { HoldoutError } from '../errors.ts';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import { refusalText } from './refused.ts';

/**
 * Why Batch will never accept a request: a missing queue or job definition, missing permissions. Undefined for throttling,
 * server errors and network errors, which are worth a retry.
 */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof HoldoutError && error.code === 'JOB_DEFINITION_MISSING') return faultCause(error.message);
  const text = refusalText(error);
  return text === undefined ? undefined : faultCause(`Batch refuses the job: ${text}`);
}
