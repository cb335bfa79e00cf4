import { ServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { awsCallError } from '../cloud-checks/aws-call.ts';
import { unpolledBy } from '../cloud-checks/pollers.ts';
import { bucketError } from '../cloud-checks/bucket.ts';
import { callerOf } from '../cloud-checks/caller.ts';
import { statusOf } from '../cloud-checks/aws-error-kind.ts';
import { holdoutError, messageOf } from '../errors.ts';
import { taskQueues, type TaskQueueName } from '../ids.ts';
import { bucketOfError, openS3Client } from '../s3/s3-client.ts';
import { openTemporal } from './access.ts';

/**
 * The error of the catalogue for an error that S3, Batch or Temporal returned in the middle of a command; any other error as it
 * is. The checks at the beginning of a command catch most of them; what is left changed meanwhile.
 */
export async function errorOfService(error: unknown): Promise<unknown> {
  if (error instanceof ServiceError) return temporalError(error);
  const bucket = bucketOfError(error);
  if (bucket === undefined && statusOf(error) === undefined) return error;
  const s3 = openS3Client({ s3PathStyle: true });
  try {
    const caller = await callerOf(s3);
    const owner = process.env['HOLDOUT_BUCKET_OWNER'];
    return bucket === undefined
      ? awsCallError(caller, 'A call', 'AWS', error)
      : bucketError(bucket, error, owner, caller);
  } catch (missing) {
    return missing;
  } finally {
    s3.destroy();
  }
}

/**
 * Temporal's SDK says "Failed to query Workflow" and keeps the server's words in the cause. A query that nobody answered means
 * that a worker is missing, if one is.
 */
async function temporalError(error: ServiceError): Promise<unknown> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? 'localhost:7233';
  const { code, details } = (error.cause ?? {}) as { code?: number; details?: string };
  const cause = details || messageOf(error.cause ?? error);
  if (code === grpc.unavailable) return holdoutError('TEMPORAL_UNREACHABLE', { address, cause }, error);
  if (code !== undefined && unanswered.includes(code)) {
    const unpolled = await unpolledNow();
    if (unpolled.length > 0) {
      return holdoutError(
        'WORKERS_MISSING',
        { queues: unpolled.map((name) => taskQueues[name]), names: unpolled },
        error,
      );
    }
  }
  return holdoutError('TEMPORAL_REFUSED', { address, namespace, cause }, error);
}

async function unpolledNow(): Promise<TaskQueueName[]> {
  const temporal = await openTemporal();
  try {
    return await unpolledBy(temporal);
  } finally {
    await temporal.connection.close();
  }
}

const grpc = { cancelled: 1, deadlineExceeded: 4, failedPrecondition: 9, unavailable: 14 };

/** Codes of a query that no worker took: the client's deadline, or the server's "no poller seen for task queue recently". */
const unanswered: readonly number[] = [grpc.cancelled, grpc.deadlineExceeded, grpc.failedPrecondition];
