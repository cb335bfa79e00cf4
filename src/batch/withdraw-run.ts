import type { BatchClient } from '@aws-sdk/client-batch';
import type { Bucket } from '../s3/object-store.ts';
import { abandon } from './claim.ts';
import { listedJob, lookUntilSettled, type Adopted, type Settling, type SubmitOrder } from './submit-once.ts';

/**
 * How long a withdrawn run looks for a job that the list may show later, in ms. A job that it misses finds the run's claim
 * taken and ends at once.
 */
const longestLook = 10_000;

/**
 * Gives up a run that is not known to have a job. `adopted`: a job holds the run or was made for it. `abandoned`: Batch
 * shows no job, and one that shows up later cannot begin the run.
 */
export async function withdrawRun(
  { runs, batch }: { runs: Bucket; batch: BatchClient },
  { runKey, queue }: Pick<SubmitOrder, 'runKey' | 'queue'>,
  settling: Settling,
): Promise<Adopted | { kind: 'abandoned' }> {
  const holder = await abandon(runs, runKey);
  if (holder.kind === 'job') return { kind: 'adopted', jobId: holder.jobId };
  const listed = await lookUntilSettled(() => listedJob(batch, queue, runKey).catch((): undefined => undefined), {
    ...settling,
    listSettle: Math.min(settling.listSettle, longestLook),
  });
  return listed ?? { kind: 'abandoned' };
}
