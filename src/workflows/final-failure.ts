import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';

/**
 * Runs a workflow that Temporal starts again after a failure, see nondeterminism.ts. An activity that Temporal does
 * not retry fails again until its cause is fixed: that failure is final.
 */
export async function withFinalFailures<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    throw ApplicationFailure.create({ message: causeOf(error), nonRetryable: true, cause: error });
  }
}

/** The code and ids; the details of the failure's cause have its words. */
const causeOf = ({ activityType, cause }: ActivityFailure): string =>
  `${activityType} failed and is not retried: ${cause?.message ?? 'unknown cause'}`;
