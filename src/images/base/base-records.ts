import { minSaturatingProbes, type BaseImageRecord } from '../../campaign/evaluation/base-image-record.ts';
import { resultObjects } from '../../ids.ts';
import type { ObjectStore } from '../../s3/object-store.ts';

/** What probes taught about base images lies in the results bucket, an empty object for each submission. */
export interface BaseRecord {
  campaign: string;
  base: string;
  submission: string;
  saturating: boolean;
}

/** Keeps what a submission's probe taught about its base image; the same again changes nothing. */
export async function recordBase(
  store: ObjectStore,
  bucket: string,
  { campaign, base, submission, saturating }: BaseRecord,
): Promise<void> {
  const folder = resultObjects.baseFolder(campaign, base, saturating ? 'saturating' : 'measured');
  await store.writeIfAbsent(bucket, `${folder}${submission}`, '');
}

/** What is known of a base image, counted no further than it matters. */
export async function lessonsOf(
  store: ObjectStore,
  bucket: string,
  campaign: string,
  base: string,
): Promise<BaseImageRecord> {
  const count = async (kind: keyof BaseImageRecord, most: number): Promise<number> => {
    let found = 0;
    for await (const _ of store.list(bucket, resultObjects.baseFolder(campaign, base, kind))) {
      found += 1;
      if (found === most) break;
    }
    return found;
  };
  const [saturating, measured] = await Promise.all([count('saturating', minSaturatingProbes), count('measured', 1)]);
  return { saturating, measured };
}
