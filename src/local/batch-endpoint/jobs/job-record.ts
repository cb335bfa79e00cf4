import type { ContainerDetail, JobDetail, JobStatus } from '@aws-sdk/client-batch';
import { randomUUID } from 'node:crypto';
import type { Arns } from './arns.ts';
import type { JobDefinitionRecord } from './job-definitions.ts';

/** What DescribeJobs shows of a job. Times in milliseconds since 1970. */
export type ShownJob = Partial<JobDetail> & {
  jobArn: string;
  jobId: string;
  jobName: string;
  jobDefinition: string;
  status: JobStatus;
  createdAt: number;
  tags: Record<string, string>;
  container: ContainerDetail;
};

/** An order to end a running job: what its statusReason will be, when it was given, whether SIGTERM went out. */
export interface StopOrder {
  statusReason: string;
  at: number;
  signalled: boolean;
}

/** All that is known of a job, and its file on disk. `sequence` numbers the jobs in the order they were accepted. */
export interface JobRecord {
  sequence: number;
  queue: string;
  timeoutSeconds?: number;
  stop?: StopOrder;
  detail: ShownJob;
}

/** What is asked of a new job. `environment` is the job's own; `timeoutSeconds` counts from its startedAt. */
export interface JobOrder {
  jobName: string;
  queue: string;
  definition: JobDefinitionRecord;
  environment?: { name: string; value: string }[] | undefined;
  command?: string[] | undefined;
  resourceRequirements?: ContainerDetail['resourceRequirements'] | undefined;
  parameters?: Record<string, string> | undefined;
  timeoutSeconds?: number | undefined;
  tags?: Record<string, string> | undefined;
  propagateTags?: boolean | undefined;
}

/** How a job's process ended: with an exit code, without anybody seeing it, or never begun. `at` in milliseconds. */
export type JobEnd = { at: number } & (
  { kind: 'exited'; code: number } | { kind: 'lost' } | { kind: 'unstartable'; cause: string }
);

export const isWaiting = ({ detail }: JobRecord): boolean =>
  detail.status === 'SUBMITTED' || detail.status === 'PENDING' || detail.status === 'RUNNABLE';

/** Whether the job holds a slot of its queue. */
export const isActive = ({ detail }: JobRecord): boolean => detail.status === 'STARTING' || detail.status === 'RUNNING';

/** The record of a job that was just accepted: SUBMITTED, with the definition's values under the order's own. */
export function newJob(order: JobOrder, sequence: number, arns: Arns): JobRecord {
  const { detail: definition } = order.definition;
  const properties = definition.containerProperties;
  const timeoutSeconds = order.timeoutSeconds ?? definition.timeout?.attemptDurationSeconds;
  const jobId = randomUUID();
  return {
    sequence,
    queue: order.queue,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    detail: {
      jobArn: arns.job(jobId),
      jobId,
      jobName: order.jobName,
      jobQueue: arns.queue(order.queue),
      jobDefinition: definition.jobDefinitionArn,
      status: 'SUBMITTED',
      createdAt: Date.now(),
      attempts: [],
      dependsOn: [],
      retryStrategy: { attempts: 1, evaluateOnExit: [] },
      parameters: { ...definition.parameters, ...order.parameters },
      tags: order.tags ?? {},
      propagateTags: order.propagateTags ?? false,
      platformCapabilities: ['EC2'],
      ...(timeoutSeconds === undefined ? {} : { timeout: { attemptDurationSeconds: timeoutSeconds } }),
      container: {
        ...properties,
        ...(order.command === undefined ? {} : { command: order.command }),
        environment: merged(properties.environment, order.environment, ({ name }) => name),
        resourceRequirements: merged(properties.resourceRequirements, order.resourceRequirements, ({ type }) => type),
      },
    },
  };
}

/** The record after its process ended, with the words AWS uses: FAILED unless it left by itself with 0. */
export function endedJob(record: JobRecord, end: JobEnd): JobRecord {
  const { detail } = record;
  const statusReason = record.stop?.statusReason ?? reasonOf(end, detail.jobId);
  const seen = end.kind === 'exited' ? { exitCode: end.code } : end.kind === 'unstartable' ? { reason: end.cause } : {};
  const succeeded = end.kind === 'exited' && end.code === 0 && record.stop === undefined;
  return {
    ...record,
    detail: {
      ...detail,
      status: succeeded ? 'SUCCEEDED' : 'FAILED',
      statusReason,
      stoppedAt: end.at,
      container: { ...detail.container, ...seen },
      attempts: [{ startedAt: detail.startedAt, stoppedAt: end.at, statusReason, container: seen }],
    },
  };
}

/** The record of a job that was taken out of its queue before it began. */
export function droppedJob(record: JobRecord, statusReason: string, mark: 'isCancelled' | 'isTerminated'): JobRecord {
  return {
    ...record,
    detail: { ...record.detail, status: 'FAILED', statusReason, stoppedAt: Date.now(), [mark]: true },
  };
}

function reasonOf(end: JobEnd, jobId: string): string {
  if (end.kind === 'lost') return `Host EC2 (instance ${instanceOf(jobId)}) terminated.`;
  // AWS says the latter of every container that ended by itself, also with 0.
  return end.kind === 'unstartable' ? 'Task failed to start' : 'Essential container in task exited';
}

/** Every job has an emulated instance of its own; EC2's ids have 17 hexadecimal digits. */
const instanceOf = (jobId: string): string => `i-${jobId.replaceAll('-', '').slice(0, 17)}`;

/** Both lists as one, a later entry in the place of an earlier one with the same key. */
function merged<T>(base: readonly T[] = [], over: readonly T[] = [], keyOf: (entry: T) => string | undefined): T[] {
  return [...new Map([...base, ...over].map((entry) => [keyOf(entry), entry])).values()];
}
