import type { Buckets } from '../../../settings.ts';
import type { AccountName, S3Credentials } from '../home/credentials.ts';

interface Grant {
  to: AccountName;
  actions: string[];
  /** Keys, with `*` for anything; left out, all of them. */
  keys?: string;
}

const read = ['s3:GetObject', 's3:ListBucket'];
const write = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/**
 * Who may do what. The labels are the scorer's alone; the runner, which lives beside hostile code, sees inputs and its
 * own orders and can only add to the runs. Nobody deletes. The root key (the command line) is bound by none of this.
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

/** The policy of one bucket as S3 takes it; actions on the bucket itself and on its keys need a statement each. */
export function bucketPolicy(which: keyof Buckets, bucket: string, credentials: S3Credentials): string {
  const statements = grants[which].flatMap(({ to, actions, keys = '*' }) => {
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
