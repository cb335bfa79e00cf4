import { BatchClient, type BatchClientConfig } from '@aws-sdk/client-batch';

export interface BatchClients {
  /** For everything but SubmitJob; tries again by itself and slows down when Batch throttles. */
  batch: BatchClient;
  /** For SubmitJob alone: `maxAttempts: 1`, because the call has no idempotency token and a retry starts a second job. */
  submitter: BatchClient;
}

/**
 * The key that HOLDOUT_BATCH_ACCESS_KEY_ID and HOLDOUT_BATCH_SECRET_ACCESS_KEY name: the local endpoint has one of its own,
 * which opens nothing in S3. Without them the credentials of the AWS environment hold.
 */
export function batchCredentials(env: NodeJS.ProcessEnv = process.env): Pick<BatchClientConfig, 'credentials'> {
  const accessKeyId = env['HOLDOUT_BATCH_ACCESS_KEY_ID'];
  const secretAccessKey = env['HOLDOUT_BATCH_SECRET_ACCESS_KEY'];
  return accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {};
}

/**
 * Opens both clients; endpoint and region come from the AWS environment, the key as {@link batchCredentials} says. A connection on which nothing
 * comes for `answerWithin` ms is cut: the SDK has no limit of its own, and one answer that never comes would stop the
 * polling of a whole process.
 */
export function openBatchClients(answerWithin = 10_000): BatchClients {
  const requestHandler = { connectionTimeout: answerWithin, socketTimeout: answerWithin };
  const credentials = batchCredentials();
  return {
    batch: new BatchClient({ ...credentials, retryMode: 'adaptive', maxAttempts: 5, requestHandler }),
    submitter: new BatchClient({ ...credentials, maxAttempts: 1, requestHandler }),
  };
}
