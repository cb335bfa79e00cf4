/** Submits and awaits a run without a submission, with the activity options of the submission workflow. */
import type { RunOrder } from '../../src/activities/submit-batch-job.ts';
import type { Timings } from '../../src/timings.ts';
import { awaitActivities, submitActivities } from '../../src/workflows/activity-proxies.ts';

export async function order(run: RunOrder, timings: Timings): Promise<void> {
  const job = await submitActivities('submit', timings).submitBatchJob(run);
  if (job.kind === 'abandoned' || job.kind === 'refused')
    throw new Error(`run ${run.n} of ${run.submission} was given up`);
  await awaitActivities('await', timings).awaitBatchJob({ ...run, jobId: job.jobId, giveUp: false });
}
