import type { ContainerDetail, JobDetail, JobStatus } from '@aws-sdk/client-batch';
import { randomUUID } from 'node:crypto';
import type { Arns } from './arns.ts';
import { placeOf, logStreamOf, withEmptyLists, withParameters } from './container-detail.ts';
import type { JobDefinitionRecord } from './job-definitions.ts';

/** The only environment variable that a job may set. */
export const runKeyVariable = 'HOLDOUT_RUN_KEY';

/** A job as DescribeJobs shows it. Times in milliseconds since 1970. */
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

/** A request to stop a running job: its future statusReason, the time of the request, whether SIGTERM was sent. */
interface StopOrder {
  statusReason: string;
  at: number;
  signalled: boolean;
}

/** Everything known about a job, as stored on disk. `sequence` numbers jobs in the order of their acceptance. */
export interface JobRecord {
  sequence: number;
  queue: string;
  timeoutSeconds?: number;
  /** The number of tags that its ECS task would get. */
  taskTags?: number;
  stop?: StopOrder;
  detail: ShownJob;
}

/** A new job as submitted. `environment` is the job's own; `timeoutSeconds` counts from its startedAt. */
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

export const isWaiting = ({ detail }: JobRecord): boolean =>
  detail.status === 'SUBMITTED' || detail.status === 'PENDING' || detail.status === 'RUNNABLE';

/** Whether the job holds a slot of its queue. */
export const isActive = ({ detail }: JobRecord): boolean => detail.status === 'STARTING' || detail.status === 'RUNNING';

/** The record of a newly accepted job: SUBMITTED; values of the order override those of the definition. */
export function newJob(order: JobOrder, sequence: number, arns: Arns): JobRecord {
  const { detail: definition } = order.definition;
  const properties = definition.containerProperties;
  const parameters = { ...definition.parameters, ...order.parameters };
  const timeoutSeconds = order.timeoutSeconds ?? definition.timeout?.attemptDurationSeconds;
  const propagateTags = order.propagateTags ?? definition.propagateTags ?? false;
  const jobId = randomUUID();
  return {
    sequence,
    queue: order.queue,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    taskTags: propagateTags ? Object.keys({ ...definition.tags, ...order.tags }).length : 0,
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
      parameters,
      tags: order.tags ?? {},
      propagateTags,
      platformCapabilities: definition.platformCapabilities ?? [],
      ...(timeoutSeconds === undefined ? {} : { timeout: { attemptDurationSeconds: timeoutSeconds } }),
      container: {
        ...withEmptyLists(properties),
        networkInterfaces: [],
        command: withParameters(order.command ?? properties.command ?? [], parameters),
        environment: merged(properties.environment, order.environment, ({ name }) => name),
        resourceRequirements: merged(properties.resourceRequirements, order.resourceRequirements, ({ type }) => type),
      },
    },
  };
}

/** The record of a job whose container is being made. */
export function startingJob(record: JobRecord, arns: Arns): JobRecord {
  const { statusReason: _, ...detail } = record.detail;
  const container = { ...detail.container, ...placeOf(arns, record.queue, detail.jobId) };
  return { ...record, detail: { ...detail, status: 'STARTING', container } };
}

/** The record of a job whose container runs. */
export function runningJob(record: JobRecord, startedAt: number, arns: Arns): JobRecord {
  const { detail } = record;
  const [definition = ''] = arns.nameIn('job-definition', detail.jobDefinition).split(':');
  const container = { ...detail.container, logStreamName: logStreamOf(definition, detail.jobId) };
  return { ...record, detail: { ...detail, status: 'RUNNING', startedAt, container } };
}

/** Both lists as one; a later entry replaces an earlier one with the same key. */
function merged<T>(base: readonly T[] = [], over: readonly T[] = [], keyOf: (entry: T) => string | undefined): T[] {
  return [...new Map([...base, ...over].map((entry) => [keyOf(entry), entry])).values()];
}
