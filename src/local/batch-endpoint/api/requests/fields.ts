import { z } from 'zod';
import { runKeyVariable } from '../../jobs/job-record.ts';

/** AWS's rule for names of jobs and job definitions. */
export const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/,
    'must begin with a letter or digit, continue with letters, digits, hyphens and underscores, and have at most 128 characters',
  );

const variable = z.strictObject({
  name: z
    .string()
    .min(1)
    .regex(/^(?!AWS_BATCH)/, 'cannot start with AWS_BATCH, which Batch reserves'),
  value: z.string().default(''),
});

/** A definition's variables; a local runner does not get them (docs/fidelity.md). */
export const environment = z.array(variable);

/** All other variables of a runner come from the start-up file: NODE_OPTIONS or PATH here would run foreign code. */
export const jobEnvironment = environment.refine(
  (variables) => variables.every(({ name }) => name === runKeyVariable),
  `may hold ${runKeyVariable} and no other variable`,
);

/** AWS refuses less than a minute. */
export const timeout = z.strictObject({ attemptDurationSeconds: z.int().min(60).optional() });

const pattern = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9.:\s]*\*?$/, 'may hold letters, digits, periods, colons and white space, and end with *');

const evaluateOnExit = z.strictObject({
  // In any case, by the service model, whose enum has it in upper case.
  action: z
    .string()
    .regex(/^(?:RETRY|EXIT)$/i, 'must be RETRY or EXIT')
    .transform((action) => action.toUpperCase()),
  onStatusReason: pattern.optional(),
  onReason: pattern.optional(),
  onExitCode: z
    .string()
    .max(512)
    .regex(/^[0-9]*\*?$/, 'may hold digits and end with *')
    .optional(),
});

/** This endpoint runs one attempt of a job, so it refuses more, which AWS allows up to 10. */
export const retryStrategy = z
  .strictObject({
    attempts: z
      .int()
      .min(1)
      .max(10)
      .refine((attempts) => attempts === 1, 'must be 1: this endpoint runs one attempt of a job')
      .optional(),
    evaluateOnExit: z.array(evaluateOnExit).max(5).optional(),
  })
  .refine(({ attempts }) => attempts !== undefined, 'RetryAttempts must be provided with retry strategy.');

/** AWS's rule for tags: letters, digits, separators and `_ . : / = + - @`; keys that begin with `aws:` are its own. */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const tagKey = z
  .string()
  .min(1)
  .max(128)
  .regex(tagText, 'has characters that tags may not have')
  .regex(/^(?!aws:)/i, 'begins with aws:, which AWS reserves');

export const tags = z
  .record(tagKey, z.string().max(256).regex(tagText, 'has characters that tags may not have'))
  .refine((given) => Object.keys(given).length <= 50, 'are at most 50');

const number = (type: string, least: number) => ({
  type,
  isValid: (value: string) => /^[0-9]{1,9}$/.test(value) && Number(value) >= least,
  rule: `of ${type} must be a whole number of at least ${least}`,
});
/** The least values on EC2, from the service model: one vCPU, 4 MiB. */
const resources = [number('VCPU', 1), number('MEMORY', 4), number('GPU', 1)];

const resource = z
  .strictObject({ type: z.enum(['GPU', 'MEMORY', 'VCPU']), value: z.string() })
  .superRefine(({ type, value }, context) => {
    const found = resources.find((one) => one.type === type);
    if (found !== undefined && !found.isValid(value)) {
      context.addIssue({ code: 'custom', path: ['value'], message: found.rule });
    }
  });

export const resourceRequirements = z
  .array(resource)
  .refine((given) => new Set(given.map(({ type }) => type)).size === given.length, 'has a type twice');

export const parameters = z.record(z.string(), z.string());
export const reason = z.string().min(1).max(1024);
export const schedulingPriority = z.int().min(0).max(9999);

/** The paging fields of an operation with pages of at most `most` items. */
export const paging = (most: number) => ({
  maxResults: z.int().min(1).max(most).optional(),
  nextToken: z.string().optional(),
});

/** Names or ARNs: at most 100, as the service model says. */
export const references = z.array(z.string()).max(100, 'are at most 100');

/** A field of AWS's API that this endpoint does not support: rejected, never ignored. */
export const without = (what: string) =>
  z.undefined({ error: `is not served: this endpoint has no ${what}` }).optional();

/** A field that AWS itself refuses here. */
export const mustNotBeGiven = (why: string) => z.undefined({ error: why }).optional();
