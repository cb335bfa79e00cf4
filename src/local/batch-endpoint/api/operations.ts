import type { Arns } from '../jobs/arns.ts';
import type { JobDefinitions } from '../jobs/job-definitions.ts';
import type { JobEngine } from '../jobs/job-engine.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { listJobs } from './list-jobs.ts';
import { paginate } from './pagination.ts';
import * as requests from './requests.ts';
import type { StartUp } from '../start-up-file.ts';
import { clientException } from './aws-error.ts';

/** The dependencies of the operations. */
export interface OperationParts {
  startUp: Pick<StartUp, 'queues'>;
  arns: Arns;
  definitions: JobDefinitions;
  jobs: JobStore;
  engine: JobEngine;
}

/** Handles one POST /v1/<operation>: takes the parsed body, returns the response body or throws an AwsError. */
export type Operation = (body: unknown) => object;

/** The AWS Batch operations that this endpoint serves, by the last part of their path. */
export function operationsOn(parts: OperationParts): Record<string, Operation> {
  const { definitions, jobs, engine, arns } = parts;
  return {
    registerjobdefinition: (body) => {
      const { detail } = definitions.register(requests.parseRequest(requests.registerJobDefinitionRequest, body));
      const { jobDefinitionName, jobDefinitionArn, revision } = detail;
      return { jobDefinitionName, jobDefinitionArn, revision };
    },
    describejobdefinitions: (body) => describeDefinitions(parts, body),
    describejobqueues: (body) => describeQueues(parts, body),
    submitjob: (body) => submit(parts, body),
    describejobs: (body) => {
      const wanted = new Set(requests.parseRequest(requests.describeJobsRequest, body).jobs);
      // Unknown ids are left out, as on AWS.
      return { jobs: [...wanted].flatMap((jobId) => jobs.get(jobId)?.detail ?? []) };
    },
    listjobs: (body) => {
      const request = requests.parseRequest(requests.listJobsRequest, body);
      return listJobs(jobs, queueNamed(parts, request.jobQueue), request, arns);
    },
    canceljob: (body) => {
      const { jobId, reason } = requests.parseRequest(requests.endJobRequest, body);
      engine.cancel(jobWithId(jobs, jobId), reason);
      return {};
    },
    terminatejob: (body) => {
      const { jobId, reason } = requests.parseRequest(requests.endJobRequest, body);
      engine.terminate(jobWithId(jobs, jobId), reason);
      return {};
    },
  };
}

function submit(parts: OperationParts, body: unknown): object {
  const { timeout, containerOverrides, ...request } = requests.parseRequest(requests.submitJobRequest, body);
  const queue = queueNamed(parts, request.jobQueue);
  const definition = parts.definitions.find(request.jobDefinition);
  if (definition === undefined) throw clientException(`JobDefinition ${request.jobDefinition} not found.`, 404);
  const { detail } = parts.engine.submit({
    ...request,
    ...containerOverrides,
    queue,
    definition,
    timeoutSeconds: timeout?.attemptDurationSeconds,
  });
  return { jobArn: detail.jobArn, jobName: detail.jobName, jobId: detail.jobId };
}

/** Newest first, 100 per page; all of them are ACTIVE. */
function describeDefinitions({ definitions, arns }: OperationParts, body: unknown): object {
  const request = requests.parseRequest(requests.describeJobDefinitionsRequest, body);
  const wanted = request.jobDefinitions?.map((reference) => arns.nameIn('job-definition', reference));
  const found = definitions.newestFirst().filter(({ detail }) => {
    if (wanted !== undefined) return wanted.includes(`${detail.jobDefinitionName}:${detail.revision}`);
    if (request.status !== undefined && request.status !== detail.status) return false;
    return request.jobDefinitionName === undefined || request.jobDefinitionName === detail.jobDefinitionName;
  });
  const { items, ...next } = paginate(found, ({ sequence }) => -sequence, request, 100);
  return { jobDefinitions: items.map(({ detail }) => detail), ...next };
}

function describeQueues({ startUp, arns }: OperationParts, body: unknown): object {
  const request = requests.parseRequest(requests.describeJobQueuesRequest, body);
  const wanted = request.jobQueues?.map((reference) => arns.nameIn('job-queue', reference));
  const queues = startUp.queues.map(({ name }, position) => ({ name, position }));
  const found = queues.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const { items, ...next } = paginate(found, ({ position }) => position, request, 100);
  const jobQueues = items.map(({ name }) => ({
    jobQueueName: name,
    jobQueueArn: arns.queue(name),
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'JobQueue Healthy',
    priority: 1,
    computeEnvironmentOrder: [],
    jobQueueType: 'ECS',
    tags: {},
  }));
  return { jobQueues, ...next };
}

function queueNamed({ startUp, arns }: OperationParts, reference: string): string {
  const name = arns.nameIn('job-queue', reference);
  if (!startUp.queues.some((queue) => queue.name === name)) {
    throw clientException(`JobQueue ${reference} not found.`, 404);
  }
  return name;
}

function jobWithId(jobs: JobStore, jobId: string): JobRecord {
  const job = jobs.get(jobId);
  if (job === undefined) throw clientException(`Job ${jobId} not found.`, 404);
  return job;
}
