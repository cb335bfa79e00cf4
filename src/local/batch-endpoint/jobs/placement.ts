import type { ContainerDetail } from '@aws-sdk/client-batch';
import type { StartUp } from '../start-up-file.ts';

type Queue = StartUp['queues'][number];

/** The reasons that a job can have while it is RUNNABLE, in the words of the user guide (job_stuck_in_runnable). */
const texts = {
  'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY':
    'Service cannot fulfill the capacity requested for instance type [instanceTypeName]',
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE':
    'CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT':
    'The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
};

export type UnplacedReason = keyof typeof texts;

/** Why no machine of a queue can take a job, now or ever; undefined when one can. */
export function blockedBy(
  { slots, machine }: Pick<Queue, 'slots' | 'machine'>,
  requirements: ContainerDetail['resourceRequirements'] = [],
): UnplacedReason | undefined {
  const needs = (type: 'VCPU' | 'MEMORY' | 'GPU'): number =>
    Number(requirements.find((one) => one.type === type)?.value ?? 0);
  if (machine !== undefined) {
    const { vcpus, memoryMiB, gpus } = machine;
    if (slots > 0 && needs('VCPU') > slots * vcpus) return 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE';
    if (needs('VCPU') > vcpus || needs('MEMORY') > memoryMiB || needs('GPU') > gpus) {
      return 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT';
    }
  }
  return slots === 0 ? 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' : undefined;
}

/** The job's statusReason while it is RUNNABLE. */
export const blockedText = (reason: UnplacedReason, instanceType: string): string =>
  `${reason} - ${texts[reason].replace('instanceTypeName', instanceType)}`;

/** The job's statusReason after a jobStateTimeLimitAction of its queue. */
export const limitText = (reason: string): string => `Canceled by JobStateTimeLimit action due to reason: ${reason}`;
