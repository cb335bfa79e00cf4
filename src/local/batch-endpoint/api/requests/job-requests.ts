import { z } from 'zod';
import {
  jobEnvironment,
  mustNotBeGiven,
  name,
  paging,
  parameters,
  reason,
  resourceRequirements,
  retryStrategy,
  tags,
  timeout,
  without,
} from './fields.ts';

const noFairShare = 'must not be given: the queue has no fair-share policy';
const deprecated = 'use of deprecated vcpus and memory: give resourceRequirements';

export const submitJobRequest = z.strictObject({
  jobName: name,
  jobQueue: z.string().min(1),
  jobDefinition: z.string().min(1),
  containerOverrides: z
    .strictObject({
      command: z.array(z.string().min(1)).optional(),
      environment: jobEnvironment.optional(),
      resourceRequirements: resourceRequirements.optional(),
      vcpus: without(deprecated),
      memory: without(deprecated),
      instanceType: mustNotBeGiven('is refused: it is for multi-node parallel jobs'),
    })
    .optional(),
  parameters: parameters.optional(),
  retryStrategy: retryStrategy.optional(),
  timeout: timeout.optional(),
  tags: tags.optional(),
  propagateTags: z.boolean().optional(),
  shareIdentifier: mustNotBeGiven(noFairShare),
  schedulingPriorityOverride: mustNotBeGiven(noFairShare),
  arrayProperties: without('array jobs'),
  dependsOn: z.array(z.unknown()).max(0, 'is not served: this endpoint has no dependencies between jobs').optional(),
  nodeOverrides: without('multi-node jobs'),
  eksPropertiesOverride: without('EKS jobs'),
  ecsPropertiesOverride: without('jobs of several containers'),
  consumableResourcePropertiesOverride: without('consumable resources'),
});

export const describeJobsRequest = z.strictObject({
  jobs: z.array(z.string()).max(100, 'Maximum number of jobs supported is 100'),
});

const filter = z
  .strictObject({
    name: z.enum(['JOB_NAME', 'JOB_DEFINITION', 'BEFORE_CREATED_AT', 'AFTER_CREATED_AT', 'SHARE_IDENTIFIER']),
    values: z.array(z.string()).min(1),
  })
  .refine(
    ({ name, values }) => !name.endsWith('CREATED_AT') || values.every((value) => /^[0-9]{1,16}$/.test(value)),
    'values must be milliseconds since 1970',
  );

export const listJobsRequest = z
  .strictObject({
    jobQueue: z.string().optional(),
    arrayJobId: z.string().optional(),
    multiNodeJobId: z.string().optional(),
    jobStatus: z.enum(['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED']).optional(),
    filters: z.array(filter).max(1, 'only one filter can be used at a time').optional(),
    ...paging(1000),
  })
  .refine(
    ({ jobQueue, arrayJobId, multiNodeJobId }) =>
      [jobQueue, arrayJobId, multiNodeJobId].filter((given) => given !== undefined).length === 1,
    'must have exactly one of jobQueue, arrayJobId and multiNodeJobId',
  );
export type ListJobsRequest = z.output<typeof listJobsRequest>;

export const endJobRequest = z.strictObject({ jobId: z.string().min(1), reason });

/** CancelJobs and TerminateJobs. */
export const endJobsRequest = z.strictObject({ jobs: z.array(z.string()).min(1).max(50, 'are at most 50'), reason });
