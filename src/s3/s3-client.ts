import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Settings } from '../settings.ts';

export type S3Settings = Pick<Settings, 's3PathStyle' | 'bucketOwner'>;

/**
 * Opens a client whose every request carries ExpectedBucketOwner if `bucketOwner` is set: bucket names are global in AWS, and
 * S3 then refuses to touch a bucket of another account. Credentials, region and endpoint come from the AWS environment unless
 * given.
 */
export function openS3Client({ s3PathStyle, bucketOwner }: S3Settings, given: S3ClientConfig = {}): S3Client {
  const client = new S3Client({ ...given, forcePathStyle: s3PathStyle });
  if (bucketOwner === undefined) return client;
  client.middlewareStack.add(
    (next) => (call) => next({ ...call, input: { ...call.input, ...expected(bucketOwner) } }),
    {
      name: 'expectedBucketOwner',
      step: 'initialize',
    },
  );
  return client;
}

const expected = (bucketOwner: string): object => ({ ExpectedBucketOwner: bucketOwner });
