import type { Arns } from '../../jobs/arns.ts';
import type { JobDefinitions } from '../../jobs/job-definitions.ts';
import type { JobEngine } from '../../jobs/job-engine.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { ResourceTagsFile } from '../../jobs/resource-tags-file.ts';
import type { StartUp } from '../../start-up-file.ts';

/** The dependencies of the operations. */
export interface OperationParts {
  startUp: Pick<StartUp, 'queues' | 'delays'>;
  arns: Arns;
  definitions: JobDefinitions;
  jobs: JobStore;
  tags: ResourceTagsFile;
  engine: JobEngine;
}

/** Handles one POST /v1/<operation>: takes the parsed body, returns the response body or throws an AwsError. */
export type Operation = (body: unknown) => object;
