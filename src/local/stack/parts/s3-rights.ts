import type { Buckets } from '../../../settings.ts';
import { bucketGrants, writtenOnce } from '../../../s3/bucket-rights.ts';
import type { S3Credentials } from '../home/credentials.ts';

/**
 * The S3 policy of one bucket, from {@link bucketGrants}; the root key (the command line) has all rights but to replace what
 * is {@link writtenOnce}. Actions on the bucket
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
  const replaceable = (writtenOnce[which] ?? []).map(({ keys, by }) => ({
    Effect: 'Allow',
    // The command line works for the operator and has the root key, which needs this right too.
    Principal: { AWS: [credentials[by === 'operator' ? 'root' : by].accessKeyId] },
    Action: ['s3:BypassGovernanceRetention'],
    Resource: [`arn:aws:s3:::${bucket}/${keys}`],
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement: [...statements, ...replaceable] });
}
