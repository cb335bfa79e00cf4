import { ActivityFailure } from '@temporalio/workflow';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';

/** Why an activity failed for good, equal for equal faults. */
export const causeOf = (error: unknown): string => {
  if (!(error instanceof ActivityFailure)) return faultCause(error instanceof Error ? error.message : String(error));
  return faultCause(`${error.activityType}: ${error.cause?.message ?? 'nobody said why'}`);
};
