import { HeadBucketCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { HoldoutError, holdoutError, messageOf } from '../errors.ts';
import { awsCauseOf } from './aws-call.ts';
import { awsErrorKind, statusOf } from './rules/aws-error-kind.ts';
import type { Caller } from './caller.ts';

/**
 * Checks that a bucket is there, in the caller's region, of the expected owner (the client sends it), and may be listed. Throws
 * BUCKET_UNUSABLE, AWS_KEY_REFUSED, CLOCK_SKEWED or S3_UNREACHABLE.
 */
export async function checkBucket(
  client: S3Client,
  bucket: string,
  owner: string | undefined,
  caller: Caller,
): Promise<void> {
  const { region } = caller;
  try {
    const { BucketRegion: found } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
    if (found !== undefined && found !== region)
      throw holdoutError('BUCKET_UNUSABLE', elsewhere(bucket, found, caller));
  } catch (error) {
    throw isUnavailable(statusOf(error))
      ? bucketError(bucket, error, owner, caller)
      : await reason(client, bucket, owner, caller);
  }
}

/** A response to HEAD has no body, so S3 is asked again in a way that makes it say why. */
async function reason(client: S3Client, bucket: string, owner: string | undefined, caller: Caller): Promise<Error> {
  try {
    await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
  } catch (error) {
    return bucketError(bucket, error, owner, caller);
  }
  return holdoutError('BUCKET_UNUSABLE', { bucket, why: denied(owner, caller), who: byAccount, effect: caller.effect });
}

/** The error of the catalogue for an error of a call to S3. */
export function bucketError(bucket: string, error: unknown, owner: string | undefined, caller: Caller): Error {
  if (error instanceof HoldoutError) return error;
  const { accessKeyId: key, effect } = caller;
  const kind = awsErrorKind(error);
  const status = statusOf(error);
  const unusable = (why: string): Error =>
    holdoutError('BUCKET_UNUSABLE', { bucket, why, who: byAccount, effect }, error);
  if (kind.kind === 'elsewhere') return holdoutError('BUCKET_UNUSABLE', elsewhere(bucket, kind.region, caller), error);
  if (status === 301)
    return holdoutError(
      'BUCKET_UNUSABLE',
      { bucket, why: `is not in ${caller.region}`, who: 'operator', effect },
      error,
    );
  if (kind.kind === 'key') {
    return holdoutError('AWS_KEY_REFUSED', { key, why: `${kind.why} (bucket ${bucket})`, effect }, error);
  }
  if (isUnavailable(status)) {
    const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'] ?? 'AWS';
    const cause = status === undefined ? messageOf(error) : `HTTP status ${status}${wordsOf(error)}`;
    return holdoutError('S3_UNREACHABLE', { bucket, endpoint, cause, effect }, error);
  }
  if (kind.kind === 'skewed') return holdoutError('CLOCK_SKEWED', { skew: 'too far from', effect }, error);
  if (kind.kind === 'missing') return unusable('does not exist');
  if (kind.kind === 'denied') return unusable(denied(owner, caller));
  return unusable(`cannot be used by the key ${key}: ${status ?? ''} ${messageOf(error)}`);
}

/** Whether S3 did not respond, or with a server error, however often it was asked. */
const isUnavailable = (status: number | undefined): boolean => status === undefined || status >= 500;

/** A response to HEAD has none. */
function wordsOf(error: unknown): string {
  const words = awsCauseOf(error);
  return words.includes('UnknownError') ? '' : `, ${words}`;
}

/** Who makes buckets and grants rights. */
const byAccount = 'administrator of the AWS account';

const denied = (owner: string | undefined, { accessKeyId }: Caller): string =>
  `denies access to the key ${accessKeyId}${owner === undefined ? '' : ` or does not belong to account ${owner}`}`;

const elsewhere = (bucket: string, found: string, { region, effect }: Caller) => ({
  bucket,
  who: 'operator' as const,
  why: `is in ${found}, but AWS_REGION is ${region}; queues and buckets have to be in one region`,
  effect,
});
