import { type BatchClient, DescribeJobsCommand, type JobDetail, paginateListJobs } from '@aws-sdk/client-batch';
import { runnerExit } from '../../../src/campaign/model/run-outcome.ts';

/** DescribeJobs takes so many ids. */
const perCall = 100;

/** Every job of these queues that did the work of a run, and was not only a duplicate of such a job, by the key of its run. */
export async function jobsThatRan(client: BatchClient, queues: readonly string[]): Promise<Map<string, string[]>> {
  const jobs = new Map<string, string[]>();
  for (const { jobId = '', container, startedAt } of await allJobs(client, queues)) {
    if (startedAt === undefined || container?.exitCode === runnerExit.duplicate) continue;
    const runKey = container?.environment?.find(({ name }) => name === 'HOLDOUT_RUN_KEY')?.value ?? '';
    jobs.set(runKey, [...(jobs.get(runKey) ?? []), jobId]);
  }
  return jobs;
}

async function allJobs(client: BatchClient, queues: readonly string[]): Promise<JobDetail[]> {
  const ids: string[] = [];
  for (const jobQueue of queues) {
    const filters = [{ name: 'AFTER_CREATED_AT', values: ['0'] }];
    for await (const { jobSummaryList = [] } of paginateListJobs({ client }, { jobQueue, filters }))
      ids.push(...jobSummaryList.flatMap(({ jobId }) => jobId ?? []));
  }
  const jobs: JobDetail[] = [];
  for (let from = 0; from < ids.length; from += perCall) {
    const { jobs: found = [] } = await client.send(new DescribeJobsCommand({ jobs: ids.slice(from, from + perCall) }));
    jobs.push(...found);
  }
  return jobs;
}
