import { abandonedClaim } from '../ids.ts';
import type { Bucket } from '../s3/object-store.ts';
import { runObjects } from '../object-keys.ts';

/** Who holds a run's claim. `abandoned`: the run was given up and no job can ever begin it. */
export type ClaimHolder = { kind: 'unclaimed' } | { kind: 'job'; jobId: string } | { kind: 'abandoned' };

export async function holderOf({ store, bucket }: Bucket, runKey: string): Promise<ClaimHolder> {
  const body = (await store.find(bucket, runObjects.claim(runKey)))?.toString('utf8');
  if (body === undefined) return { kind: 'unclaimed' };
  return body === abandonedClaim ? { kind: 'abandoned' } : { kind: 'job', jobId: body };
}

/** Claims a run unless a job already has, so that no job can begin it; returns the holder. */
export async function abandon(runs: Bucket, runKey: string): Promise<ClaimHolder> {
  await runs.store.writeIfAbsent(runs.bucket, runObjects.claim(runKey), abandonedClaim);
  return holderOf(runs, runKey);
}
