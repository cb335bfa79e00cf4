import { DescribeJobDefinitionsCommand, RegisterJobDefinitionCommand, type BatchClient } from '@aws-sdk/client-batch';
import type { InstanceClass } from '../campaign/model/frozen-campaign.ts';
import { gpuKinds } from '../campaign/model/instance-class-kinds.ts';

/** The job definition of an instance class: the runner with the whole machine. Batch allows no dots in its name. */
export const jobDefinitionOf = (prefix: string, instanceClass: string): string =>
  `${prefix}-${instanceClass.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;

/** Registers a definition for each class that has no active one. */
export async function ensureJobDefinitions(
  batch: BatchClient,
  prefix: string,
  runnerImage: string,
  classes: readonly InstanceClass[],
): Promise<void> {
  for (const instanceClass of classes) {
    const jobDefinitionName = jobDefinitionOf(prefix, instanceClass.name);
    const gpus = instanceClass.gpu ? gpuKinds[instanceClass.gpu].gpusOfBatchJob : 0;
    const { jobDefinitions } = await batch.send(
      new DescribeJobDefinitionsCommand({ jobDefinitionName, status: 'ACTIVE' }),
    );
    if ((jobDefinitions ?? []).length > 0) continue;
    await batch.send(
      new RegisterJobDefinitionCommand({
        jobDefinitionName,
        type: 'container',
        containerProperties: {
          image: runnerImage,
          resourceRequirements: [
            { type: 'VCPU', value: String(instanceClass.vcpus) },
            { type: 'MEMORY', value: String(instanceClass.memoryMiB) },
            ...(gpus > 0 ? [{ type: 'GPU' as const, value: String(gpus) }] : []),
          ],
        },
      }),
    );
  }
}
