import { ClientException, type BatchClient, type JobDetail } from '@aws-sdk/client-batch';
import { billedSeconds } from '../campaign/model/money.ts';
import type { JobEnder } from './job-ender.ts';
import { endedByHoldout, hasEnded } from './job-fate.ts';
import type { JobPoller } from './job-poller.ts';
import { jobsOfRun } from './job-lists/run-jobs.ts';

/** Seconds that Batch bills for one job. */
export const billedFor = (job: JobDetail): number => billedSeconds(job.attempts ?? []);

/**
 * Seconds billed for the other jobs of a run that has ended. Terminates those that are still running and waits for them.
 * An aborted `leave` rejects with its reason.
 */
export async function billedForDuplicates(
  { batch, poller, ender }: { batch: BatchClient; poller: JobPoller; ender: JobEnder },
  run: { runKey: string; queue: string; jobId: string },
  leave: AbortSignal,
): Promise<number> {
  const jobs = await jobsOfRun(batch, run.queue, run.runKey).catch((error: unknown) => {
    // A queue that was removed in the meantime has no jobs that could still run.
    if (error instanceof ClientException) return [];
    throw error;
  });
  const seconds = jobs.map(async ({ jobId, status }) => {
    if (jobId === undefined || jobId === run.jobId) return 0;
    if (!hasEnded({ status })) await ender.end(jobId, endedByHoldout.duplicate);
    const job = await poller.finished(jobId, () => undefined, leave);
    return job === undefined ? 0 : billedFor(job);
  });
  return (await Promise.all(seconds)).reduce((sum, each) => sum + each, 0);
}
