import type { BatchClient, JobDetail } from '@aws-sdk/client-batch';
import { billedSeconds } from '../campaign/model/money.ts';
import { hasEnded } from './job-fate.ts';
import type { JobPoller } from './job-poller.ts';
import { endJob, jobsOfRun } from './run-jobs.ts';

/** Seconds that Batch bills for one job. */
export const billedFor = (job: JobDetail): number => billedSeconds(job.attempts ?? []);

/**
 * Seconds billed for the other jobs of a run that has ended. Terminates those that are still running and waits for them.
 * An aborted `leave` rejects with its reason.
 */
export async function billedForDuplicates(
  { batch, poller }: { batch: BatchClient; poller: JobPoller },
  run: { runKey: string; queue: string; jobId: string },
  leave: AbortSignal,
): Promise<number> {
  const jobs = await jobsOfRun(batch, run.queue, run.runKey);
  const seconds = jobs.map(async ({ jobId, status }) => {
    if (jobId === undefined || jobId === run.jobId) return 0;
    if (!hasEnded({ status })) await endJob(batch, jobId, 'duplicate');
    const job = await poller.finished(jobId, () => undefined, leave);
    return job === undefined ? 0 : billedFor(job);
  });
  return (await Promise.all(seconds)).reduce((sum, each) => sum + each, 0);
}
