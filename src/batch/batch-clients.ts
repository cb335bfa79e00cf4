import { BatchClient } from '@aws-sdk/client-batch';

export interface BatchClients {
  /** For everything but SubmitJob; tries again by itself and slows down when Batch throttles. */
  batch: BatchClient;
  /** For SubmitJob alone: `maxAttempts: 1`, because the call has no idempotency token and a retry starts a second job. */
  submitter: BatchClient;
}

/**
 * Opens both clients; endpoint, region and credentials come from the AWS environment. A connection on which nothing
 * comes for `answerWithin` ms is cut: the SDK has no limit of its own, and one answer that never comes would stop the
 * polling of a whole process.
 */
export function openBatchClients(answerWithin = 10_000): BatchClients {
  const requestHandler = { connectionTimeout: answerWithin, socketTimeout: answerWithin };
  return {
    batch: new BatchClient({ retryMode: 'adaptive', maxAttempts: 5, requestHandler }),
    submitter: new BatchClient({ maxAttempts: 1, requestHandler }),
  };
}
