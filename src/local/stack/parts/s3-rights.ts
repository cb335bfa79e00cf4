import type { Buckets } from '../../../settings.ts';
import { bucketGrants } from '../../../s3/bucket-rights.ts';
import type { S3Credentials } from '../home/credentials.ts';

/**
 * The S3 policy of one bucket, from {@link bucketGrants}; the root key (the command line) has all rights. Actions on the bucket
 * itself and on its keys need separate statements.
 */
export function bucketPolicy(which: keyof Buckets, bucket: string, credentials: S3Credentials): string {
  const statements = bucketGrants[which].flatMap(({ to, actions, keys = '*' }) => {
    const onBucket = actions.filter((action) => action === 's3:ListBucket');
    const onKeys = actions.filter((action) => action !== 's3:ListBucket');
    const statement = (granted: string[], resource: string) => ({
      Effect: 'Allow',
      Principal: { AWS: [credentials[to].accessKeyId] },
      Action: granted,
      Resource: [`arn:aws:s3:::${resource}`],
    });
    return [
      ...(onBucket.length > 0 ? [statement(onBucket, bucket)] : []),
      ...(onKeys.length > 0 ? [statement(onKeys, `${bucket}/${keys}`)] : []),
    ];
  });
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
