import { ClientException, DescribeJobsCommand, type BatchClient, type JobDetail } from '@aws-sdk/client-batch';
import type { JobFact } from '../../campaign/invariants/facts.ts';
import { inParallel } from '../../in-parallel.ts';
import { billedFor } from '../billed-seconds.ts';
import { hasEnded } from '../job-fate.ts';
import { idsPerCall } from '../job-poller.ts';
import { jobsByName } from './run-jobs.ts';

const callsAtOnce = 8;

/** The jobs of a campaign that Batch knows, and the queues that it does not know. */
export interface CampaignJobs {
  jobs: JobFact[];
  missingQueues: string[];
}

/**
 * All jobs of a campaign in these queues, ended ones as long as Batch keeps them. Other campaigns may use the queues too: a job
 * belongs to the campaign in its run key, which only DescribeJobs shows.
 */
export async function jobsOfCampaign(
  batch: BatchClient,
  campaign: string,
  queues: ReadonlySet<string>,
): Promise<CampaignJobs> {
  const missingQueues: string[] = [];
  const listed = await inParallel(callsAtOnce, [...queues], async (queue) => {
    try {
      return await jobsByName(batch, queue, 'ho-*');
    } catch (error) {
      if (!(error instanceof ClientException)) throw error;
      missingQueues.push(queue);
      return [];
    }
  });
  const jobs = await describedJobs(
    batch,
    listed.flat().flatMap(({ jobId }) => jobId ?? []),
  );
  return { jobs: jobs.filter(({ runKey }) => runKey.startsWith(`${campaign}/`)), missingQueues };
}

/** What Batch says of these jobs, without those that are none of Holdout's. */
export async function describedJobs(batch: BatchClient, ids: readonly string[]): Promise<JobFact[]> {
  const pages = Array.from({ length: Math.ceil(ids.length / idsPerCall) }, (_, page) =>
    ids.slice(page * idsPerCall, (page + 1) * idsPerCall),
  );
  const described = await inParallel(callsAtOnce, pages, async (jobs) => {
    return (await batch.send(new DescribeJobsCommand({ jobs }))).jobs ?? [];
  });
  return described.flat().flatMap((job) => factOf(job) ?? []);
}

/** Undefined if the job has no run key, so that it is none of Holdout's. */
function factOf(job: JobDetail): JobFact | undefined {
  const { jobId, status, startedAt, container, attempts } = job;
  const runKey = container?.environment?.find(({ name }) => name === 'HOLDOUT_RUN_KEY')?.value;
  if (jobId === undefined || runKey === undefined || !isRunKey.test(runKey)) return undefined;
  return {
    jobId,
    runKey,
    state: hasEnded({ status }) ? 'ended' : status === 'RUNNING' ? 'running' : 'waiting',
    startedAt: startedAt ?? null,
    exitCode: attempts?.at(-1)?.container?.exitCode ?? container?.exitCode ?? null,
    billedSeconds: billedFor(job),
  };
}

const isRunKey = /^[^/]+\/[^/]+\/[1-9][0-9]*$/;
