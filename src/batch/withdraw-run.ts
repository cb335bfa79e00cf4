import type { BatchClient } from '@aws-sdk/client-batch';
import { abandon, type RunsBucket } from './claim.ts';
import { jobNameOf } from './job-name.ts';
import { jobsByName } from './jobs-by-name.ts';
import { waitsWhileSettling, type Settling } from './submit-once.ts';

/**
 * Takes a run out of reach before it is known to have a job. Answers the job that holds it or was made for it all the same;
 * `abandoned`: there is none, as far as Batch can be asked, and one that shows up later cannot begin the run.
 */
export async function withdrawRun(
  { runs, batch }: { runs: RunsBucket; batch: BatchClient },
  { runKey, queue }: { runKey: string; queue: string },
  settling: Settling,
): Promise<{ kind: 'adopted'; jobId: string } | { kind: 'abandoned' }> {
  const holder = await abandon(runs, runKey);
  if (holder.kind === 'job') return { kind: 'adopted', jobId: holder.jobId };
  const waits = settling.listSettle > 0 ? waitsWhileSettling : 0;
  for (let waited = 0; ; waited += 1) {
    const [oldest] = await jobsByName(batch, queue, jobNameOf(runKey)).catch(() => []);
    if (oldest?.jobId !== undefined) return { kind: 'adopted', jobId: oldest.jobId };
    if (waited === waits) return { kind: 'abandoned' };
    await settling.wait(settling.listSettle / waitsWhileSettling);
  }
}
