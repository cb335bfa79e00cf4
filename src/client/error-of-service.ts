import { ServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { awsCallError } from '../cloud-checks/aws-call.ts';
import { bucketError } from '../cloud-checks/bucket.ts';
import { callerOf } from '../cloud-checks/caller.ts';
import { statusOf } from '../cloud-checks/rules/aws-error-kind.ts';
import { holdoutError, messageOf, type HoldoutError } from '../errors.ts';
import { bucketOfError, openS3Client } from '../s3/s3-client.ts';
import { defaultTemporalAddress } from '../settings.ts';

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

/** Temporal's SDK says "Failed to start Workflow" and keeps the server's words in the cause. */
function temporalError(error: ServiceError): HoldoutError {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? defaultTemporalAddress;
  const { code, details } = (error.cause ?? {}) as { code?: number; details?: string };
  const cause = details || messageOf(error.cause ?? error);
  return code === grpcUnavailable
    ? holdoutError('TEMPORAL_UNREACHABLE', { address, cause }, error)
    : holdoutError('TEMPORAL_REFUSED', { address, namespace, cause }, error);
}

/** `UNAVAILABLE` of gRPC. */
const grpcUnavailable = 14;
