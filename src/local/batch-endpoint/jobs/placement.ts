import type { ContainerDetail } from '@aws-sdk/client-batch';
import type { StartUp } from '../start-up-file.ts';
import type { UnplacedReason } from './status-reasons.ts';

type Queue = StartUp['queues'][number];

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
