import type { JobSummary } from '@aws-sdk/client-batch';
import type { Arns } from '../jobs/arns.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { paginate } from './pagination.ts';
import type { ListJobsRequest } from './requests/job-requests.ts';

type Filter = NonNullable<ListJobsRequest['filters']>[number];

/**
 * ListJobs of one queue, newest first. With a filter: jobs of every status, 100 per page, jobStatus is ignored. Without a
 * filter: jobs of jobStatus, by default RUNNING, 1,000 per page. Jobs created after `shownBefore` (ms) are not in the list yet.
 */
export function listJobs(
  jobs: Pick<JobStore, 'newestFirst' | 'named'>,
  queue: string,
  { request, shownBefore }: { request: ListJobsRequest; shownBefore: number },
  arns: Arns,
): { jobSummaryList: JobSummary[]; nextToken?: string } {
  const filter = request.filters?.[0];
  const status = request.jobStatus ?? 'RUNNING';
  const passes = (job: JobRecord['detail'], { name, values }: Filter): boolean =>
    values.some((value) => tests[name](job, value, arns));
  const found = candidates(jobs, filter).filter(
    (job) =>
      job.queue === queue &&
      job.detail.createdAt <= shownBefore &&
      (filter === undefined ? job.detail.status === status : passes(job.detail, filter)),
  );
  const { items, ...next } = paginate(found, ({ sequence }) => -sequence, request, filter === undefined ? 1_000 : 100);
  return { jobSummaryList: items.map(summaryOf), ...next };
}

/** Holdout looks up every run by its full job name, so that lookup must not scan all jobs. */
function candidates(jobs: Pick<JobStore, 'newestFirst' | 'named'>, filter: Filter | undefined): JobRecord[] {
  const [name, ...others] = filter?.name === 'JOB_NAME' ? filter.values : [];
  return name === undefined || name.endsWith('*') || others.length > 0 ? jobs.newestFirst() : jobs.named(name);
}

type Test = (job: JobRecord['detail'], value: string, arns: Arns) => boolean;

/** AWS's filters. No queue here has a fair-share policy, so no job has a share identifier. */
const tests: Record<Filter['name'], Test> = {
  JOB_NAME: (job, value) => matches(job.jobName.toLowerCase(), value.toLowerCase()),
  JOB_DEFINITION: (job, value, arns) => {
    const used = arns.nameIn('job-definition', job.jobDefinition);
    const wanted = arns.nameIn('job-definition', value);
    // An ARN means one revision, a name all of them.
    return wanted === value ? matches(used.slice(0, used.lastIndexOf(':')), wanted) : used === wanted;
  },
  BEFORE_CREATED_AT: (job, value) => job.createdAt < Number(value),
  AFTER_CREATED_AT: (job, value) => job.createdAt > Number(value),
  SHARE_IDENTIFIER: () => false,
};

/** AWS supports one wildcard, a trailing `*`. */
const matches = (text: string, pattern: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;

function summaryOf({ detail }: JobRecord): JobSummary {
  const { jobArn, jobId, jobName, jobDefinition, status, statusReason, createdAt, startedAt, stoppedAt } = detail;
  const { exitCode, reason } = detail.container;
  return {
    jobArn,
    jobId,
    jobName,
    jobDefinition,
    status,
    statusReason,
    createdAt,
    startedAt,
    stoppedAt,
    isCancelled: detail.isCancelled,
    isTerminated: detail.isTerminated,
    ...(exitCode === undefined && reason === undefined ? {} : { container: { exitCode, reason } }),
  };
}
