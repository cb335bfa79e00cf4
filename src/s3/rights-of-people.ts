import type { Buckets } from '../settings.ts';
import { readRights, writeRights, type BucketGrant } from './bucket-rights.ts';

export type Person = 'operator' | 'break-glass';

/**
 * The rights of people. The operator hands in inputs, labels and images and reads results and runs; labels and images it can
 * write but not read. Break-glass reads everything but the labels.
 */
export const rightsOfPeople: Record<keyof Buckets, BucketGrant<Person>[]> = {
  inputs: [
    { to: 'operator', actions: [...readRights, ...writeRights] },
    { to: 'break-glass', actions: readRights },
  ],
  labels: [{ to: 'operator', actions: ['s3:ListBucket', ...writeRights] }],
  images: [
    { to: 'operator', actions: ['s3:ListBucket', ...writeRights] },
    { to: 'break-glass', actions: readRights },
  ],
  runs: [
    { to: 'operator', actions: readRights },
    { to: 'break-glass', actions: readRights },
  ],
  results: [
    { to: 'operator', actions: [...readRights, ...writeRights] },
    { to: 'break-glass', actions: readRights },
  ],
};
