import { ListJobsCommand, type BatchClient, type JobSummary } from '@aws-sdk/client-batch';
import { jobNameOf } from '../job-name.ts';

/** All jobs of a run in every state, oldest first. The list may lag behind SubmitJob. */
export const jobsOfRun = (batch: BatchClient, queue: string, runKey: string): Promise<JobSummary[]> =>
  jobsByName(batch, queue, jobNameOf(runKey));

/** Like {@link jobsOfRun}, for any name; `*` at its end stands for any characters. */
export async function jobsByName(batch: BatchClient, queue: string, name: string): Promise<JobSummary[]> {
  const filters = [{ name: 'JOB_NAME', values: [name] }];
  const jobs: JobSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ jobQueue: queue, filters, nextToken }));
    jobs.push(...(page.jobSummaryList ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return jobs.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
}
