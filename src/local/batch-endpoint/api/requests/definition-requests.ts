import { z } from 'zod';
import { containerProperties } from './container-properties.ts';
import {
  name,
  paging,
  parameters,
  references,
  retryStrategy,
  schedulingPriority,
  tags,
  timeout,
  without,
} from './fields.ts';

export const registerJobDefinitionRequest = z.strictObject({
  jobDefinitionName: name,
  type: z.literal('container', { error: 'must be container: this endpoint has no other jobs' }),
  containerProperties,
  parameters: parameters.optional(),
  retryStrategy: retryStrategy.optional(),
  propagateTags: z.boolean().optional(),
  timeout: timeout.optional(),
  tags: tags.optional(),
  schedulingPriority: schedulingPriority.optional(),
  platformCapabilities: z
    .array(z.enum(['EC2'], { error: 'must be EC2: this endpoint has no other machines' }))
    .max(1)
    .optional(),
  nodeProperties: without('multi-node jobs'),
  eksProperties: without('EKS jobs'),
  ecsProperties: without('jobs of several containers'),
  consumableResourceProperties: without('consumable resources'),
});

/** A revision by name and number or as an ARN: without the number, AWS does not know which one is meant. */
const revision = z.string().regex(/:[1-9][0-9]*$/, 'must be name:revision or the ARN of a revision');

export const describeJobDefinitionsRequest = z
  .strictObject({
    jobDefinitions: references.pipe(z.array(revision)).optional(),
    jobDefinitionName: z.string().optional(),
    status: z.enum(['ACTIVE', 'INACTIVE']).optional(),
    ...paging(100),
  })
  .refine(
    ({ jobDefinitions, ...others }) =>
      jobDefinitions === undefined || Object.values(others).every((value) => value === undefined),
    'jobDefinitions cannot be used with other parameters',
  );

export const deregisterJobDefinitionRequest = z.strictObject({ jobDefinition: revision });
