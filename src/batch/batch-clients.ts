import { BatchClient, type BatchClientConfig } from '@aws-sdk/client-batch';
import { beforeSigning, observed, type OnCall } from '../metrics/aws-calls.ts';
import { CallRate, callsPerSecond } from './call-rate.ts';

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

interface BatchClientOptions {
  /** A connection that is idle for this long is closed. */
  idleLimitMs?: number;
  callsPerSecond?: number;
  onCall?: OnCall | undefined;
}

/**
 * Opens both clients; endpoint and region come from the AWS environment. The SDK has no limit of its own for idle connections,
 * and one missing response would stop the polling of a whole process. Together the clients make at most `callsPerSecond`
 * calls a second, repetitions included.
 */
export function openBatchClients(options: BatchClientOptions = {}): BatchClients {
  const { idleLimitMs = 10_000 } = options;
  const requestHandler = { connectionTimeout: idleLimitMs, socketTimeout: idleLimitMs };
  const credentials = batchCredentials();
  const rate = new CallRate(options.callsPerSecond ?? callsPerSecond, 1_000);
  const clients = {
    batch: paced(new BatchClient({ ...credentials, retryMode: 'adaptive', maxAttempts: 5, requestHandler }), rate),
    submitter: paced(new BatchClient({ ...credentials, maxAttempts: 1, requestHandler }), rate),
  };
  const { onCall } = options;
  if (onCall)
    for (const { middlewareStack } of Object.values(clients))
      middlewareStack.addRelativeTo(observed('batch', onCall), beforeSigning);
  return clients;
}

/** Every attempt of a call waits for its turn before it is signed, since signatures expire. */
function paced(client: BatchClient, rate: CallRate): BatchClient {
  const waitForTurn =
    <Call, Result>(next: (call: Call) => Promise<Result>) =>
    (call: Call): Promise<Result> =>
      rate.run(() => next(call));
  const place = { name: 'holdoutCallRate', relation: 'before', toMiddleware: 'httpSigningMiddleware' } as const;
  client.middlewareStack.addRelativeTo(waitForTurn, place);
  return client;
}
