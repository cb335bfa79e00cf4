import { ListJobsCommand, type BatchClient, type JobSummary } from '@aws-sdk/client-batch';

/** All jobs of a name in a queue in every state, oldest first. The list may lag behind SubmitJob. */
export async function jobsByName(client: BatchClient, queue: string, name: string): Promise<JobSummary[]> {
  const jobs: JobSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListJobsCommand({ jobQueue: queue, filters: [{ name: 'JOB_NAME', values: [name] }], nextToken }),
    );
    jobs.push(...(page.jobSummaryList ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return jobs.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
}
