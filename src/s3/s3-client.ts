import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { beforeSigning, observed, type OnCall } from '../metrics/aws-calls.ts';
import type { Settings } from '../settings.ts';

export type S3Settings = Pick<Settings, 's3PathStyle' | 'bucketOwner'>;

/** Milliseconds. The SDK waits forever by default; with these limits it drops the connection and retries the call. */
export const connectionLimits = { connectionTimeout: 10_000, socketTimeout: 60_000 } as const;

/**
 * Opens a client whose every request carries ExpectedBucketOwner if `bucketOwner` is set: bucket names are global in AWS, and
 * S3 then refuses to touch a bucket of another account. Credentials, region and endpoint come from the AWS environment unless
 * given.
 */
export function openS3Client(
  { s3PathStyle, bucketOwner }: S3Settings,
  given: S3ClientConfig = {},
  onCall?: OnCall,
): S3Client {
  const client = new S3Client({ ...given, forcePathStyle: s3PathStyle });
  client.middlewareStack.add(
    (next) => async (call) => {
      const input = { ...call.input, ...(bucketOwner !== undefined && { ExpectedBucketOwner: bucketOwner }) };
      try {
        return await next({ ...call, input });
      } catch (error) {
        const { Bucket } = input as { Bucket?: string };
        if (error instanceof Error && Bucket !== undefined) failedBuckets.set(error, Bucket);
        throw error;
      }
    },
    {
      name: 'expectedBucketOwner',
      step: 'initialize',
    },
  );
  if (onCall) client.middlewareStack.addRelativeTo(observed('s3', onCall), beforeSigning);
  return client;
}

const failedBuckets = new WeakMap<Error, string>();

/** The bucket of the call to S3 that failed with this error; S3's own errors do not name it. */
export const bucketOfError = (error: unknown): string | undefined =>
  error instanceof Error ? failedBuckets.get(error) : undefined;
