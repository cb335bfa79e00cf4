import type { BatchClient, JobDefinition as RegisteredDefinition, ResourceRequirement } from '@aws-sdk/client-batch';
import { jobDefinitionOf } from '../../campaign/model/classes/job-definition-name.ts';
import { reservedGpusOf } from '../../campaign/model/classes/instance-class-kinds.ts';
import { holdoutError } from '../../errors.ts';
import { counted } from '../../safe-text.ts';
import { resourcesOf, type JobClass } from './job-definition.ts';
import { RevisionCache } from './revision-cache.ts';

/** Which revision of a job definition a job of a class has to name. */
export class JobDefinitionRevisions {
  private readonly known: RevisionCache;

  constructor(
    batch: BatchClient,
    private readonly prefix: string,
  ) {
    this.known = new RevisionCache(batch);
  }

  /** `name:revision` of the newest revision with the resources of this class. Throws JOB_DEFINITION_MISSING. */
  async referenceFor(instanceClass: JobClass): Promise<string> {
    const jobDefinition = jobDefinitionOf(this.prefix, instanceClass.name);
    const revisions = await this.known.revisionsOf(jobDefinition);
    const newest = newestFor(instanceClass, revisions);
    if (newest !== undefined) return `${jobDefinition}:${newest.revision}`;
    // It may be registered in the next second.
    this.forget();
    const resources = inWords(instanceClass);
    throw holdoutError('JOB_DEFINITION_MISSING', { jobDefinition, resources, revisions: revisions.length });
  }

  /** Asks Batch again at the next call, after Batch has refused a revision. */
  forget(): void {
    this.known.forget();
  }
}

/** The newest of these revisions that has a class's resources: campaigns with other resources may use the same name. */
export function newestFor(
  instanceClass: JobClass,
  revisions: readonly RegisteredDefinition[],
): RegisteredDefinition | undefined {
  const wanted = asText(resourcesOf(instanceClass));
  return revisions
    .filter(({ containerProperties }) => asText(containerProperties?.resourceRequirements) === wanted)
    .toSorted((one, other) => (other.revision ?? 0) - (one.revision ?? 0))[0];
}

/** `4 vCPUs, 15,000 MiB, 1 GPU`: the cause of a fault loses long numbers without commas. */
const inWords = (instanceClass: JobClass): string => {
  const { vcpus, memoryMiB } = instanceClass;
  const gpus = reservedGpusOf(instanceClass);
  const memory = `${memoryMiB.toLocaleString('en-US')} MiB`;
  return [counted(vcpus, 'vCPU'), memory, ...(gpus > 0 ? [counted(gpus, 'GPU')] : [])].join(', ');
};

const asText = (requirements: readonly ResourceRequirement[] = []): string =>
  requirements
    .map(({ type, value }) => `${type}=${value}`)
    .sort()
    .join(' ');
