import { BatchClient, type BatchClientConfig } from '@aws-sdk/client-batch';

export interface BatchClients {
  /** For everything but SubmitJob; retries and slows down when Batch throttles. */
  batch: BatchClient;
  /** For SubmitJob alone: `maxAttempts: 1`, because the call has no idempotency token and a retry would start a second job. */
  submitter: BatchClient;
}

/**
 * The credentials in HOLDOUT_BATCH_ACCESS_KEY_ID and HOLDOUT_BATCH_SECRET_ACCESS_KEY: the local endpoint has its own, which
 * give no access to S3. Without these variables the SDK uses the credentials of the AWS environment.
 */
export function batchCredentials(env: NodeJS.ProcessEnv = process.env): Pick<BatchClientConfig, 'credentials'> {
  const accessKeyId = env['HOLDOUT_BATCH_ACCESS_KEY_ID'];
  const secretAccessKey = env['HOLDOUT_BATCH_SECRET_ACCESS_KEY'];
  return accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {};
}

/**
 * Opens both clients; endpoint and region come from the AWS environment. A connection that is idle for `idleLimitMs` is
 * closed: the SDK has no limit of its own, and one missing response would stop the polling of a whole process.
 */
export function openBatchClients(idleLimitMs = 10_000): BatchClients {
  const requestHandler = { connectionTimeout: idleLimitMs, socketTimeout: idleLimitMs };
  const credentials = batchCredentials();
  return {
    batch: new BatchClient({ ...credentials, retryMode: 'adaptive', maxAttempts: 5, requestHandler }),
    submitter: new BatchClient({ ...credentials, maxAttempts: 1, requestHandler }),
  };
}
