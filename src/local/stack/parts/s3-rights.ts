import type { Buckets } from '../../../settings.ts';
import type { AccountName, S3Credentials } from '../home/credentials.ts';

interface Grant {
  to: AccountName;
  actions: string[];
  /** A key pattern with `*` as wildcard; by default all keys. */
  keys?: string;
}

const read = ['s3:GetObject', 's3:ListBucket'];
const write = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/**
 * The rights of each account. Only the scorer can read the labels; the runner, which works beside hostile code, can
 * read inputs and its spec and can only add to the runs. No account can delete. The root key (the command line) has all
 * rights.
 */
const grants: Record<keyof Buckets, Grant[]> = {
  inputs: [
    { to: 'worker', actions: read },
    { to: 'scorer', actions: read },
    { to: 'runner', actions: ['s3:GetObject'] },
  ],
  labels: [{ to: 'scorer', actions: read }],
  images: [{ to: 'worker', actions: read }],
  runs: [
    { to: 'worker', actions: [...read, ...write] },
    { to: 'scorer', actions: read },
    { to: 'runner', actions: write },
    { to: 'runner', actions: ['s3:GetObject'], keys: '*/spec.json' },
    { to: 'runner', actions: ['s3:GetObject'], keys: '*/claim' },
  ],
  results: [
    { to: 'worker', actions: [...read, ...write] },
    { to: 'scorer', actions: read },
    { to: 'scorer', actions: write, keys: '*/scores/*' },
  ],
};

/** The S3 policy of one bucket. Actions on the bucket itself and on its keys need separate statements. */
export function bucketPolicy(which: keyof Buckets, bucket: string, credentials: S3Credentials): string {
  const statements = grants[which].flatMap(({ to, actions, keys = '*' }) =>
    [bucket, `${bucket}/${keys}`].flatMap((resource) => {
      const Action = actions.filter((action) => (action === 's3:ListBucket') === (resource === bucket));
      const Principal = { AWS: [credentials[to].accessKeyId] };
      return Action.length === 0 ? [] : { Effect: 'Allow', Principal, Action, Resource: [`arn:aws:s3:::${resource}`] };
    }),
  );
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
