import { abandonedClaim, runObjects } from '../ids.ts';
import type { ObjectStore } from '../s3/object-store.ts';

/** Where the runs of a campaign are fenced: the first writer of a run's claim is the only one that may run it. */
export interface RunsBucket {
  store: ObjectStore;
  bucket: string;
}

/** Who holds a run: nobody yet, a job, or nobody ever again. */
export type ClaimHolder = { kind: 'unclaimed' } | { kind: 'job'; jobId: string } | { kind: 'abandoned' };

/** Reads who holds a run. */
export async function holderOf({ store, bucket }: RunsBucket, runKey: string): Promise<ClaimHolder> {
  const body = (await store.find(bucket, runObjects.claim(runKey)))?.toString('utf8');
  if (body === undefined) return { kind: 'unclaimed' };
  return body === abandonedClaim ? { kind: 'abandoned' } : { kind: 'job', jobId: body };
}

/** Takes a run out of reach of every job that has not claimed it yet, and answers who holds it now. */
export async function abandon(runs: RunsBucket, runKey: string): Promise<ClaimHolder> {
  await runs.store.writeIfAbsent(runs.bucket, runObjects.claim(runKey), abandonedClaim);
  return holderOf(runs, runKey);
}
