import type { Buckets } from '../settings.ts';

/** The processes with rights of their own. */
export type RightsHolder = 'worker' | 'scorer' | 'runner';

export interface BucketGrant<Holder = RightsHolder> {
  to: Holder;
  actions: string[];
  /** A key pattern with `*` as wildcard; by default all keys. */
  keys?: string;
}

export const readRights = ['s3:GetObject', 's3:ListBucket'];
export const writeRights = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/**
 * The rights of each process in each bucket, for the accounts of the local S3 server and for the roles in AWS. Only the scorer
 * can read the labels; the runner, which works beside hostile code, can read inputs and its spec and can only add to the runs.
 * None can delete.
 */
export const bucketGrants: Record<keyof Buckets, BucketGrant[]> = {
  inputs: [
    { to: 'worker', actions: readRights },
    { to: 'scorer', actions: readRights },
    { to: 'runner', actions: ['s3:GetObject'] },
  ],
  labels: [{ to: 'scorer', actions: readRights }],
  images: [{ to: 'worker', actions: readRights }],
  runs: [
    { to: 'worker', actions: [...readRights, ...writeRights] },
    { to: 'scorer', actions: readRights },
    { to: 'runner', actions: writeRights },
    { to: 'runner', actions: ['s3:GetObject'], keys: '*/spec.json' },
    { to: 'runner', actions: ['s3:GetObject'], keys: '*/claim' },
  ],
  results: [
    { to: 'worker', actions: [...readRights, ...writeRights] },
    { to: 'scorer', actions: readRights },
    { to: 'scorer', actions: writeRights, keys: '*/scores/*' },
  ],
};

/** Keys of a bucket whose objects may be replaced, and who may do so. */
interface Replaceable {
  keys: string;
  by: 'worker' | 'operator';
}

/**
 * The buckets whose objects are written once, whoever writes them, and the exceptions: what every publication replaces, and the
 * manifest, which an interrupted start writes again. On AWS the bucket's policy demands If-None-Match; the embedded S3 server
 * knows no such condition and locks the objects instead.
 */
export const writtenOnce: Partial<Record<keyof Buckets, readonly Replaceable[]>> = {
  runs: [],
  results: [
    { keys: '*/leaderboard.csv', by: 'worker' },
    { keys: '*/results.json', by: 'worker' },
    { keys: '*/heads.json', by: 'worker' },
    { keys: '*/manifest.json', by: 'operator' },
  ],
};
