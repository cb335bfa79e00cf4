import type { S3Client } from '@aws-sdk/client-s3';
import { checkBucket } from '../../cloud-checks/bucket.ts';
import type { Caller } from '../../cloud-checks/caller.ts';
import type { Requirement } from '../../requirement.ts';
import { bucketsOf, type Settings } from '../../settings.ts';
import { attempt } from './attempt.ts';

/** Each of the five buckets: there, of the owner, in the region, and listed. */
export const checkBuckets = (s3: S3Client, settings: Settings, caller: Caller): Promise<Requirement[]> =>
  Promise.all(
    (Object.values(bucketsOf(settings)) as string[]).map((bucket) =>
      attempt(`bucket ${bucket.slice(settings.bucketPrefix.length)}`, async () => {
        await checkBucket(s3, bucket, settings.bucketOwner, caller);
        const owner = settings.bucketOwner === undefined ? 'owner not checked' : `of account ${settings.bucketOwner}`;
        return `${bucket}, ${owner}, in ${caller.region}`;
      }),
    ),
  );
