import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf, trouble } from '../../errors.ts';

const command = z.tuple([z.string().min(1)], z.string());

const schema = z.strictObject({
  host: z.enum(['127.0.0.1', 'localhost', '::1']),
  port: z.int().min(0).max(65_535),
  stateFolder: z.string().min(1),
  accessKeyIds: z.array(z.string().min(1)).min(1),
  region: z.string().regex(/^[a-z0-9-]+$/),
  account: z.string().regex(/^[0-9]{12}$/, 'must be twelve digits'),
  queues: z
    .array(z.strictObject({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/), slots: z.int().min(0) }))
    .refine((queues) => new Set(queues.map(({ name }) => name)).size === queues.length, 'has a name twice'),
  runner: command,
  reap: command,
  environment: z.record(z.string(), z.string()),
  killGraceSeconds: z.number().min(0).default(30),
});

/**
 * What the local Batch endpoint is told at its start: a JSON file, the process's only argument.
 *
 * `host` is a loopback address, port 0 any free one. `stateFolder` keeps everything the endpoint knows. Requests must be
 * signed with one of `accessKeyIds`. `region` and `account` (twelve digits) make up the ARNs. Of a queue at most `slots` jobs run
 * at once. `runner` is the command that every job is; `reap` with the job id appended cleans up after one that could not.
 * Both run with `environment` (it plays the part of the instance and the job role) and with nothing of the endpoint's own.
 * `killGraceSeconds` lie between a job's SIGTERM and its SIGKILL; 30 on AWS and by default.
 */
export type BatchEndpointStartUpFile = z.input<typeof schema>;

/** The start-up file as the endpoint uses it: checked, with its defaults. */
export type StartUp = z.output<typeof schema>;

/** Reads and checks a start-up file; START_UP_FILE_INVALID names every fault at once. */
export function loadStartUp(file: string): StartUp {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw trouble('START_UP_FILE_INVALID', { file, faults: [messageOf(error)] }, error);
  }
  const checked = schema.safeParse(content);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw trouble('START_UP_FILE_INVALID', { file, faults });
}
