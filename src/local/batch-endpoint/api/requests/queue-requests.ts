import { z } from 'zod';
import { paging, references, tags } from './fields.ts';

export const describeJobQueuesRequest = z.strictObject({ jobQueues: references.optional(), ...paging(100) });

export const describeComputeEnvironmentsRequest = z.strictObject({
  computeEnvironments: references.optional(),
  ...paging(100),
});

export const jobQueueSnapshotRequest = z.strictObject({ jobQueue: z.string().min(1) });

export const tagResourceRequest = z.strictObject({
  tags: tags.refine((given) => Object.keys(given).length > 0, 'must not be empty'),
});

/** The query of an untag request: the SDK repeats the key for several tags. */
export const untagResourceRequest = z.strictObject({
  tagKeys: z
    .union([z.string().transform((key) => [key]), z.array(z.string())])
    .refine((keys) => keys.length <= 50, 'are at most 50'),
});
