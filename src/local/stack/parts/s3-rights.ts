import type { Buckets } from '../../../settings.ts';
import { bucketGrants } from '../../../s3/bucket-rights.ts';
import type { S3Credentials } from '../home/credentials.ts';

/**
 * The S3 policy of one bucket, from {@link bucketGrants}; the root key (the command line) has all rights. Actions on the bucket
 * itself and on its keys need separate statements.
 */
export function bucketPolicy(which: keyof Buckets, bucket: string, credentials: S3Credentials): string {
  const statements = bucketGrants[which].flatMap(({ to, actions, keys = '*' }) =>
    [bucket, `${bucket}/${keys}`].flatMap((resource) => {
      const Action = actions.filter((action) => (action === 's3:ListBucket') === (resource === bucket));
      const Principal = { AWS: [credentials[to].accessKeyId] };
      return Action.length === 0 ? [] : { Effect: 'Allow', Principal, Action, Resource: [`arn:aws:s3:::${resource}`] };
    }),
  );
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
