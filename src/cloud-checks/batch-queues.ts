import {
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
  type BatchClient,
  type ComputeEnvironmentDetail,
  type JobQueueDetail,
} from '@aws-sdk/client-batch';
import type { JobClass } from '../batch/definitions/job-definition.ts';
import { resourcesOf } from '../batch/definitions/job-definition.ts';
import { holdoutError } from '../errors.ts';
import { awsCall } from './aws-call.ts';
import type { Caller } from './caller.ts';
import { unusedMemory } from './rules/machine-faults.ts';
import { queueFault, type QueueUser } from './rules/queue-fault.ts';

/** An instance class with its queue. */
export interface QueueClass extends JobClass {
  queue: string;
}

/** A queue that can be used, the type of its machines if Batch manages them, and what its jobs leave unused of them. */
export interface UsableQueue {
  instanceType: string | undefined;
  unused: string | undefined;
}

/** Describes the queue of a class with its compute environments; `prefix` is the installation's. Throws QUEUE_UNUSABLE, AWS_ACCESS_DENIED and the like. */
export async function checkQueue(
  batch: BatchClient,
  instanceClass: QueueClass,
  prefix: string,
  caller: Caller,
): Promise<UsableQueue> {
  const { name, queue } = instanceClass;
  const described = await queueNamed(batch, queue, caller);
  const environments = described === undefined ? [] : await environmentsOf(batch, described, caller);
  const fault = queueFault(userOf(instanceClass), described, environments, { region: caller.region, prefix });
  if (fault !== undefined) {
    throw holdoutError('QUEUE_UNUSABLE', { queue, instanceClass: name, ...fault, effect: caller.effect });
  }
  const [instanceType] = environments.flatMap(({ computeResources }) => computeResources?.instanceTypes ?? []);
  const unused = instanceType === undefined ? undefined : unusedMemory(userOf(instanceClass), instanceType);
  return { instanceType, unused };
}

async function queueNamed(batch: BatchClient, queue: string, caller: Caller): Promise<JobQueueDetail | undefined> {
  const { jobQueues = [] } = await awsCall(caller, 'batch:DescribeJobQueues', `the queue ${queue}`, () =>
    batch.send(new DescribeJobQueuesCommand({ jobQueues: [queue] })),
  );
  return jobQueues.find(({ status }) => status !== 'DELETED');
}

async function environmentsOf(
  batch: BatchClient,
  { jobQueueName, computeEnvironmentOrder = [] }: JobQueueDetail,
  caller: Caller,
): Promise<ComputeEnvironmentDetail[]> {
  const names = computeEnvironmentOrder.flatMap(({ computeEnvironment }) => computeEnvironment ?? []);
  if (names.length === 0) return [];
  const target = `the compute environments of ${jobQueueName}`;
  const { computeEnvironments = [] } = await awsCall(caller, 'batch:DescribeComputeEnvironments', target, () =>
    batch.send(new DescribeComputeEnvironmentsCommand({ computeEnvironments: names })),
  );
  return computeEnvironments;
}

/** What a class asks of its queue. */
export function userOf(instanceClass: QueueClass): QueueUser {
  const { name, queue, vcpus, memoryMiB } = instanceClass;
  const gpus = Number(resourcesOf(instanceClass).find(({ type }) => type === 'GPU')?.value ?? 0);
  return { name, queue, vcpus, memoryMiB, gpus };
}
