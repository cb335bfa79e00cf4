import { ListJobsCommand, type BatchClient, type JobStatus } from '@aws-sdk/client-batch';
import type { JobFact } from '../../campaign/invariants/facts.ts';
import { describedJobs } from './campaign-jobs.ts';

/** In the order in which a job passes them: one that moves on meanwhile is met again. */
const activeStatuses: readonly JobStatus[] = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'];

/** The jobs of a campaign in these queues that have not ended; ended ones cost no call, however many there are. */
export async function activeJobs(
  batch: BatchClient,
  campaign: string,
  queues: ReadonlySet<string>,
): Promise<JobFact[]> {
  const ids = new Set<string>();
  for (const jobQueue of queues)
    for (const jobStatus of activeStatuses) for await (const id of idsOf(batch, { jobQueue, jobStatus })) ids.add(id);
  const jobs = await describedJobs(batch, [...ids]);
  return jobs.filter(({ runKey, state }) => runKey.startsWith(`${campaign}/`) && state !== 'ended');
}

async function* idsOf(
  batch: BatchClient,
  list: { jobQueue: string; jobStatus: JobStatus },
): AsyncGenerator<string, void, undefined> {
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ ...list, nextToken }));
    for (const { jobId } of page.jobSummaryList ?? []) if (jobId !== undefined) yield jobId;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
