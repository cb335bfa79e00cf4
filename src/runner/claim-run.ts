import type { ObjectStore } from '../s3/object-store.ts';
import { runObjects } from '../object-keys.ts';

/**
 * Claims a run for this job, which may then run it as the only one; returns false if another holds the claim. After a write
 * whose response was lost, the claim has this job's own id and counts as won.
 */
export async function claimRun(store: ObjectStore, bucket: string, runKey: string, jobId: string): Promise<boolean> {
  const key = runObjects.claim(runKey);
  if (await store.writeIfAbsent(bucket, key, jobId)) return true;
  return (await store.read(bucket, key)).toString('utf8') === jobId;
}
