import { minSaturatingProbes, type BaseImageRecord } from '../../campaign/evaluation/useless-probes.ts';
import type { Bucket } from '../../s3/object-store.ts';
import { resultObjects } from '../../object-keys.ts';

/** Stores a probe's finding about a base image, as an empty object per submission in the results bucket. Idempotent. */
export async function recordBase(
  { store, bucket }: Bucket,
  {
    campaign,
    base,
    submission,
    saturating,
  }: { campaign: string; base: string; submission: string; saturating: boolean },
): Promise<void> {
  const folder = resultObjects.baseFolder(campaign, base, saturating ? 'saturating' : 'measured');
  await store.writeIfAbsent(bucket, `${folder}${submission}`, '');
}

/** The keys of what the probes of one submission say about its base image. */
export async function baseFindings(
  { store, bucket }: Bucket,
  { campaign, base, submission }: { campaign: string; base: string; submission: string },
): Promise<string[]> {
  const keys = (['saturating', 'measured'] as const).map(
    (kind) => `${resultObjects.baseFolder(campaign, base, kind)}${submission}`,
  );
  const sizes = await Promise.all(keys.map((key) => store.size(bucket, key)));
  return keys.filter((_, index) => sizes[index] !== undefined);
}

/** The findings about a base image, counted only up to the number that decides. */
export async function readBaseRecord(
  { store, bucket }: Bucket,
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
