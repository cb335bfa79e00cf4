import { z } from 'zod';
import { runKeyVariable } from '../jobs/job-record.ts';
import { clientException } from './aws-error.ts';

/** AWS's rule for names of jobs and job definitions. */
const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/,
    'must begin with a letter or digit, continue with letters, digits, hyphens and underscores, and have at most 128 characters',
  );

/** All other variables of a runner come from the start-up file: NODE_OPTIONS or PATH here would run foreign code. */
const environment = z
  .array(z.object({ name: z.string().min(1), value: z.string().default('') }))
  .refine(
    (variables) => variables.every(({ name }) => name === runKeyVariable),
    `may hold ${runKeyVariable} and no other variable`,
  );

/** AWS refuses less than a minute. */
const timeout = z.object({ attemptDurationSeconds: z.int().min(60) });

const retryStrategy = z.looseObject({
  attempts: z.literal(1, { error: 'must be 1: this endpoint runs one attempt of a job' }).optional(),
});

const tags = z
  .record(z.string().min(1).max(128), z.string().max(256))
  .refine((given) => Object.keys(given).length <= 50, 'are at most 50');

const resourceRequirements = z.array(z.object({ type: z.enum(['GPU', 'MEMORY', 'VCPU']), value: z.string() }));
const parameters = z.record(z.string(), z.string());
const reason = z.string().min(1).max(1024);
const paging = { maxResults: z.int().min(1).optional(), nextToken: z.string().optional() };

/** A field of AWS's API that this endpoint does not support: rejected, never ignored. */
const without = (what: string) => z.undefined({ error: `is not served: this endpoint has no ${what}` }).optional();

const noFairShare = 'must not be given: the queue has no fair-share policy';

export const registerJobDefinitionRequest = z.looseObject({
  jobDefinitionName: name,
  type: z.literal('container', { error: 'must be container: this endpoint has no other jobs' }),
  containerProperties: z.looseObject({
    image: z.string().min(1),
    environment: environment.optional(),
    resourceRequirements: resourceRequirements.optional(),
  }),
  parameters: parameters.optional(),
  retryStrategy: retryStrategy.optional(),
  timeout: timeout.optional(),
  tags: tags.optional(),
  nodeProperties: without('multi-node jobs'),
  eksProperties: without('EKS jobs'),
  ecsProperties: without('jobs of several containers'),
});
export const describeJobDefinitionsRequest = z.object({
  jobDefinitions: z.array(z.string()).max(100).optional(),
  jobDefinitionName: z.string().optional(),
  status: z.string().optional(),
  ...paging,
});
export const describeJobQueuesRequest = z.object({ jobQueues: z.array(z.string()).optional(), ...paging });

export const submitJobRequest = z.object({
  jobName: name,
  jobQueue: z.string().min(1),
  jobDefinition: z.string().min(1),
  containerOverrides: z
    .object({
      command: z.array(z.string()).optional(),
      environment: environment.optional(),
      resourceRequirements: resourceRequirements.optional(),
    })
    .optional(),
  parameters: parameters.optional(),
  retryStrategy: retryStrategy.optional(),
  timeout: timeout.optional(),
  tags: tags.optional(),
  propagateTags: z.boolean().optional(),
  shareIdentifier: z.undefined({ error: noFairShare }).optional(),
  schedulingPriorityOverride: z.undefined({ error: noFairShare }).optional(),
  arrayProperties: without('array jobs'),
  dependsOn: z.array(z.unknown()).max(0, 'is not served: this endpoint has no dependencies between jobs').optional(),
  nodeOverrides: without('multi-node jobs'),
  eksPropertiesOverride: without('EKS jobs'),
  ecsPropertiesOverride: without('jobs of several containers'),
});
export const describeJobsRequest = z.object({ jobs: z.array(z.string()).max(100, 'are at most 100 job ids') });

export const listJobsRequest = z.object({
  jobQueue: z.string({ error: 'is needed: this endpoint has no array and no multi-node jobs' }),
  jobStatus: z.enum(['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED']).optional(),
  filters: z
    .array(
      z.object({
        name: z.enum(['JOB_NAME', 'JOB_DEFINITION', 'BEFORE_CREATED_AT', 'AFTER_CREATED_AT', 'SHARE_IDENTIFIER']),
        values: z.array(z.string()).min(1),
      }),
    )
    .max(1, 'only one filter can be used at a time')
    .optional(),
  ...paging,
});
export type ListJobsRequest = z.output<typeof listJobsRequest>;

export const endJobRequest = z.object({ jobId: z.string().min(1), reason });

export const tagResourceRequest = z.object({ tags });
/** The query of an untag request: the SDK repeats the key for several tags. */
export const untagResourceRequest = z.object({
  tagKeys: z.union([z.string().transform((key) => [key]), z.array(z.string())]),
});

/** Parses a request; throws a ClientException that names every invalid field. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request ?? {});
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
  throw clientException(`Error executing request: ${errors.join('; ')}`);
}
