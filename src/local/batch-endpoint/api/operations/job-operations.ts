import type { JobDefinitionRecord } from '../../jobs/job-definitions.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import { clientException, refusal } from '../aws-error.ts';
import { listJobs } from '../list-jobs.ts';
import {
  describeJobsRequest,
  endJobRequest,
  endJobsRequest,
  listJobsRequest,
  submitJobRequest,
} from '../requests/job-requests.ts';
import { parseRequest } from '../requests/parse.ts';
import type { Operation, OperationParts } from './operation.ts';
import { queueNamed } from './queue-operations.ts';

type End = (job: JobRecord, reason: string) => void;

export function jobOperations(parts: OperationParts): Record<string, Operation> {
  const { engine, jobs, startUp } = parts;
  const cancel: End = (job, reason) => engine.cancel(job, reason);
  const terminate: End = (job, reason) => engine.terminate(job, reason);
  return {
    submitjob: (body) => submit(parts, body),
    describejobs: (body) => {
      const wanted = new Set(parseRequest(describeJobsRequest, body).jobs);
      const shownBefore = Date.now() - startUp.delays.describe;
      const known = [...wanted].flatMap((jobId) => jobs.get(jobId)?.detail ?? []);
      // Unknown ids are left out, as on AWS, and so is a job that was submitted a moment ago.
      return { jobs: known.filter(({ createdAt }) => createdAt <= shownBefore) };
    },
    listjobs: (body) => list(parts, body),
    canceljob: (body) => end(parts, body, cancel),
    terminatejob: (body) => end(parts, body, terminate),
    canceljobs: (body) => endAll(parts, body, cancel),
    terminatejobs: (body) => endAll(parts, body, terminate),
  };
}

function submit(parts: OperationParts, body: unknown): object {
  const { timeout, containerOverrides, ...request } = parseRequest(submitJobRequest, body);
  const queue = queueNamed(parts, request.jobQueue);
  if (queue.state === 'DISABLED') throw refusal(`JobQueue ${request.jobQueue} is not in ENABLED state`);
  const { detail } = parts.engine.submit({
    ...request,
    ...containerOverrides,
    queue: queue.name,
    definition: activeDefinition(parts, request.jobDefinition),
    timeoutSeconds: timeout?.attemptDurationSeconds,
  });
  return { jobArn: detail.jobArn, jobName: detail.jobName, jobId: detail.jobId };
}

function activeDefinition({ definitions }: OperationParts, reference: string): JobDefinitionRecord {
  const found = definitions.find(reference);
  if (found === undefined) throw clientException(`JobDefinition ${reference} not found.`, 404);
  if (found.detail.status === 'ACTIVE') return found;
  throw refusal(`JobDefinition name ${reference} does not exist or is not in ACTIVE status`);
}

function list(parts: OperationParts, body: unknown): object {
  const { jobs, startUp, arns } = parts;
  const request = parseRequest(listJobsRequest, body);
  const shownBefore = Date.now() - startUp.delays.list;
  if (request.jobQueue !== undefined) {
    return listJobs(jobs, queueNamed(parts, request.jobQueue).name, { request, shownBefore }, arns);
  }
  throw refusal('this endpoint has no array and no multi-node jobs: list by jobQueue');
}

function end({ jobs }: OperationParts, body: unknown, act: End): object {
  const { jobId, reason } = parseRequest(endJobRequest, body);
  const job = jobs.get(jobId);
  if (job === undefined) throw clientException(`Job ${jobId} not found.`, 404);
  act(job, reason);
  return {};
}

/** Each job for itself: a job that cannot be ended is named in `errors`, and the answer is 200. */
function endAll({ jobs }: OperationParts, body: unknown, act: End): object {
  const { jobs: jobIds, reason } = parseRequest(endJobsRequest, body);
  const successful: string[] = [];
  const errors: object[] = [];
  for (const jobId of jobIds) {
    const job = jobs.get(jobId);
    if (job === undefined) {
      errors.push({ job: jobId, code: 'ClientException', message: `Job ${jobId} not found.` });
    } else {
      act(job, reason);
      successful.push(jobId);
    }
  }
  return { successful, errors };
}
