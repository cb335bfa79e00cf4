import type { StartUp } from '../../start-up-file.ts';
import { clientException } from '../aws-error.ts';
import { paginate } from '../pagination.ts';
import { parseRequest } from '../requests/parse.ts';
import {
  describeComputeEnvironmentsRequest,
  describeJobQueuesRequest,
  jobQueueSnapshotRequest,
} from '../requests/queue-requests.ts';
import type { Operation, OperationParts } from './operation.ts';

type Queue = StartUp['queues'][number];

/** Every queue has one compute environment, of the same name. */
export function queueOperations(parts: OperationParts): Record<string, Operation> {
  const { arns } = parts;
  return {
    describejobqueues: (body) => {
      const { jobQueues: references, ...request } = parseRequest(describeJobQueuesRequest, body);
      const wanted = references?.map((reference) => arns.nameIn('job-queue', reference));
      const { items, ...next } = pageOf(parts, wanted, { ...request, of: 'jobQueues' });
      return { jobQueues: items.map((queue) => queueDetail(parts, queue)), ...next };
    },
    describecomputeenvironments: (body) => {
      const { computeEnvironments: references, ...request } = parseRequest(describeComputeEnvironmentsRequest, body);
      const wanted = references?.map((reference) => arns.nameIn('compute-environment', reference));
      const { items, ...next } = pageOf(parts, wanted, { ...request, of: 'computeEnvironments' });
      return { computeEnvironments: items.map((queue) => environmentDetail(parts, queue)), ...next };
    },
    getjobqueuesnapshot: (body) =>
      snapshot(parts, queueNamed(parts, parseRequest(jobQueueSnapshotRequest, body).jobQueue)),
  };
}

/** The queue with this name or ARN. Throws a ClientException. */
export function queueNamed({ startUp, arns }: Pick<OperationParts, 'startUp' | 'arns'>, reference: string): Queue {
  const name = arns.nameIn('job-queue', reference);
  const found = startUp.queues.find((queue) => queue.name === name);
  if (found === undefined) throw clientException(`JobQueue ${reference} not found.`, 404);
  return found;
}

interface Page {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
  of: string;
}

function pageOf({ startUp }: OperationParts, wanted: string[] | undefined, request: Page) {
  const found = startUp.queues.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const page: Page & { wanted?: string[] | undefined } = { ...request, wanted };
  return paginate(found, (queue) => startUp.queues.indexOf(queue), page, 100);
}

function queueDetail({ arns, tags }: OperationParts, { name, state, jobStateTimeLimitActions }: Queue) {
  const jobQueueArn = arns.queue(name);
  return {
    jobQueueName: name,
    jobQueueArn,
    state,
    status: 'VALID',
    statusReason: 'JobQueue Healthy',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: arns.computeEnvironment(name) }],
    serviceEnvironmentOrder: [],
    jobQueueType: 'ECS',
    tags: tags.of(jobQueueArn),
    jobStateTimeLimitActions: jobStateTimeLimitActions.map((limit) => ({
      ...limit,
      state: 'RUNNABLE',
      action: 'CANCEL',
    })),
  };
}

function environmentDetail({ arns, tags }: OperationParts, { name, slots, machine }: Queue) {
  const computeEnvironmentArn = arns.computeEnvironment(name);
  return {
    computeEnvironmentName: name,
    computeEnvironmentArn,
    ecsClusterArn: arns.cluster(name),
    tags: tags.of(computeEnvironmentArn),
    type: 'MANAGED',
    state: 'ENABLED',
    status: 'VALID',
    statusReason: 'ComputeEnvironment Healthy',
    containerOrchestrationType: 'ECS',
    computeResources: {
      type: 'EC2',
      allocationStrategy: 'BEST_FIT_PROGRESSIVE',
      minvCpus: 0,
      maxvCpus: slots * (machine?.vcpus ?? 1),
      desiredvCpus: 0,
      instanceTypes: [machine?.instanceType ?? 'optimal'],
      subnets: [],
      securityGroupIds: [],
      tags: {},
    },
  };
}

function snapshot({ arns, engine, jobs }: OperationParts, { name }: Queue) {
  const now = Date.now();
  const vcpus = jobs
    .active()
    .filter(({ queue }) => queue === name)
    .flatMap(({ detail }) => detail.container.resourceRequirements ?? [])
    .reduce((sum, { type, value }) => (type === 'VCPU' ? sum + Number(value) : sum), 0);
  return {
    frontOfQueue: {
      jobs: engine
        .frontOf(name)
        .map(({ jobId, since }) => ({ jobArn: arns.job(jobId), earliestTimeAtPosition: since })),
      lastUpdatedAt: now,
    },
    queueUtilization: {
      totalCapacityUsage: [{ capacityUnit: 'VCPU', quantity: vcpus }],
      lastUpdatedAt: now,
    },
  };
}
