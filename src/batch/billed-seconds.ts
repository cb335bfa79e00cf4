import type { BatchClient, JobDetail } from '@aws-sdk/client-batch';
import { billedSeconds } from '../campaign/model/money.ts';
import { endJob } from './end-job.ts';
import { hasEnded } from './job-fate.ts';
import { jobNameOf } from './job-name.ts';
import type { JobPoller } from './job-poller.ts';
import { jobsByName } from './jobs-by-name.ts';

interface DuplicateRooms {
  batch: BatchClient;
  poller: JobPoller;
}

/** Seconds that Batch bills for one job. */
export const billedFor = (job: JobDetail): number => billedSeconds(job.attempts ?? []);

/**
 * Seconds billed for the other jobs that were made for a run. Called when the run has ended: those that are still there
 * are ended and waited for, so that none goes on unseen. An aborted `leave` rejects with its reason.
 */
export async function billedForDuplicates(
  { batch, poller }: DuplicateRooms,
  run: { runKey: string; queue: string; jobId: string },
  leave: AbortSignal,
): Promise<number> {
  const jobs = await jobsByName(batch, run.queue, jobNameOf(run.runKey));
  const seconds = jobs.map(async ({ jobId, status }) => {
    if (jobId === undefined || jobId === run.jobId) return 0;
    if (!hasEnded({ status })) await endJob(batch, jobId, 'duplicate');
    const job = await poller.finished(jobId, () => undefined, leave);
    return job === undefined ? 0 : billedFor(job);
  });
  return (await Promise.all(seconds)).reduce((sum, each) => sum + each, 0);
}
