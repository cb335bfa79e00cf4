import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';
import type { LocalPath, S3Location } from './checked-campaign.ts';
import { holdoutError } from '../errors.ts';
import { handedIn } from './handed-in.ts';
import { shownPath } from './locate.ts';
import { labelsKey } from '../object-keys.ts';
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
    const { sha256 } = await handedIn('The labels', `s3://${bucket}/${key}`, () => store.digest(bucket, key));
    return { bucket, key, digest: sha256 };
  }
  const { path, checked } = labels;
  const [what, digest] = ['The labels', await handedIn('The labels', path, () => sha256OfFile(path))];
  if (checked && 'sha256' in checked && checked.sha256 !== digest) {
    throw holdoutError('HAND_IN_CHANGED', { what, fault: `${shownPath(path)} has other bytes` });
  }
  const key = labelsKey(campaign, digest);
  // Not by size, which needs the right to read the labels.
  if (!(await store.exists(buckets.labels, key))) {
    await handedIn(what, path, () => store.upload(buckets.labels, key, path, digest));
  }
  return { bucket: buckets.labels, key, digest };
}
