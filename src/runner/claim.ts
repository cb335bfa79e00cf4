import { runObjects } from '../ids.ts';
import type { ObjectStore } from '../s3/object-store.ts';

/**
 * Makes this job the only one that may ever run `runKey`; false when somebody else is. A write whose answer was lost
 * shows as a claim with this job's own id, so that counts as won.
 */
export async function claimRun(store: ObjectStore, bucket: string, runKey: string, jobId: string): Promise<boolean> {
  const key = runObjects.claim(runKey);
  if (await store.writeIfAbsent(bucket, key, jobId)) return true;
  return (await store.read(bucket, key)).toString('utf8') === jobId;
}
