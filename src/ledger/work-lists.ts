import type { WorkList } from '../campaign/model/work-list.ts';
import type { Bucket } from '../s3/object-store.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects } from '../object-keys.ts';

/** Writes a work list under its digest and returns its key. */
export async function keepWorkList({ store, bucket }: Bucket, campaign: string, list: WorkList): Promise<string> {
  const body = `${JSON.stringify(list)}\n`;
  const key = resultObjects.work(campaign, sha256(body));
  await store.writeOnce(bucket, key, body);
  return key;
}
