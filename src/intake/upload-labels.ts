import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';
import type { LocalPath, S3Location } from './checked-campaign.ts';
import type { IntakeDependencies } from './dependencies.ts';
import { sha256OfFile } from '../sha256.ts';

/** Uploads local labels to the labels bucket, which only the scorer reads. Labels in S3 stay there. */
export async function uploadLabels(
  { store, buckets }: IntakeDependencies,
  labels: LocalPath | S3Location,
  campaign: string,
): Promise<FrozenCampaign['labels']> {
  if (labels.kind === 's3') {
    const { bucket, key } = labels;
    return { bucket, key, digest: (await store.digest(bucket, key)).sha256 };
  }
  const digest = await sha256OfFile(labels.path);
  const key = `${campaign}/labels/${digest}.csv`;
  // Not by size, which needs the right to read the labels.
  if (!(await store.exists(buckets.labels, key))) await store.upload(buckets.labels, key, labels.path);
  return { bucket: buckets.labels, key, digest };
}
