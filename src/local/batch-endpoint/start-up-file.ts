import { z } from 'zod';
import { readChecked } from './checked-file.ts';
import { defaultRetentionSeconds } from './jobs/job-retention.ts';

const command = z.tuple([z.string().min(1)], z.string());

const queue = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/),
  slots: z.int().min(0),
  state: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  machine: z
    .strictObject({
      instanceType: z.string().min(1),
      vcpus: z.int().min(1),
      memoryMiB: z.int().min(4),
      gpus: z.int().min(0),
    })
    .optional(),
  jobStateTimeLimitActions: z
    .array(z.strictObject({ reason: z.string().min(1), maxTimeSeconds: z.number().positive() }))
    .default([]),
});

/** How far the endpoint falls behind itself, as AWS does. */
const delays = z.strictObject({
  list: z.int().min(0).default(1_000),
  describe: z.int().min(0).default(500),
  step: z.int().min(0).default(0),
});

const file = z.strictObject({
  host: z.enum(['127.0.0.1', 'localhost', '::1']),
  port: z.int().min(0).max(65_535),
  stateFolder: z.string().min(1),
  credentials: z.array(z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) })).min(1),
  region: z.string().regex(/^[a-z0-9-]+$/),
  account: z.string().regex(/^[0-9]{12}$/, 'must be twelve digits'),
  queues: z
    .array(queue)
    .refine((queues) => new Set(queues.map(({ name }) => name)).size === queues.length, 'has a name twice'),
  runner: command.optional(),
  reap: command.optional(),
  simulation: z
    .strictObject({ population: z.string().min(1), timeScale: z.number().min(1), seed: z.int().min(0) })
    .optional(),
  environment: z.record(z.string(), z.string()),
  killGraceSeconds: z.number().min(0).default(30),
  callsPerSecond: z.int().min(1).default(50),
  delays: delays.default(() => delays.parse({})),
  minFreeMiB: z.int().min(0).default(0),
  otherFolders: z.array(z.string().min(1)).default([]),
  retentionSeconds: z.number().min(0).default(defaultRetentionSeconds),
});

/** Jobs run as processes, by these commands. */
export interface ProcessSettings {
  kind: 'processes';
  runner: z.output<typeof command>;
  reap: z.output<typeof command>;
}

/** Jobs are simulated: they only take time, `timeScale` seconds of theirs per second. */
interface SimulationSettings {
  kind: 'simulation';
  population: string;
  timeScale: number;
  seed: number;
}

const schema = file.transform(({ runner, reap, simulation, ...rest }, context) => {
  if (simulation === undefined && runner !== undefined && reap !== undefined) {
    return { ...rest, jobs: { kind: 'processes', runner, reap } satisfies ProcessSettings };
  }
  if (simulation !== undefined && runner === undefined && reap === undefined) {
    return { ...rest, jobs: { kind: 'simulation', ...simulation } satisfies SimulationSettings };
  }
  context.addIssue('must have either runner and reap, or simulation instead');
  return z.NEVER;
});

/**
 * The configuration of the local Batch endpoint: a JSON file, the process's only argument.
 *
 * `host` is a loopback address; port 0 means any free port. `stateFolder` holds the endpoint's state. Requests must be signed
 * (SigV4) with one of `credentials`. `region` and `account` (twelve digits) are part of the ARNs. At most `slots` jobs of a
 * queue run at once; without slots, no machine can be had. `machine` is what one of its machines has, as ECS registers it: a
 * job that needs more is never placed. `jobStateTimeLimitActions` cancel the job at the head of the queue that has been
 * RUNNABLE for `reason` that long. `killGraceSeconds` pass between a job's SIGTERM and its SIGKILL; 30 on AWS and by default.
 *
 * `callsPerSecond` is the account's limit, 50 on AWS and by default: more calls are answered with 429. `delays`, in
 * milliseconds: ListJobs shows a job after `list` (1,000 by default), DescribeJobs after `describe` (500), and a job stays
 * SUBMITTED and PENDING for `step` each (0). AWS states none of them; the defaults are short for a stack on one machine.
 * `retentionSeconds` after its end a job is forgotten: 7 days on AWS and by default. While the disk of `stateFolder`, or of one of
 * the `otherFolders` that jobs write to, has less than `minFreeMiB` (0 by default), no job starts, and the head of each queue says so.
 *
 * `runner` is the command of every job; `reap`, with the job id appended, cleans up after a job that could not do so itself.
 * Both get `environment` (which stands in for instance and job role) and nothing from the endpoint's own environment.
 * Alternatively `simulation` makes jobs take time and write outcomes, without containers or processes: `population` is a file
 * with the needs of submissions, `timeScale` the number of simulated seconds per second, `seed` fixes all random draws.
 * Simulated jobs reach S3 by `environment`. Time limits then count simulated seconds, and stoppedAt lies that many seconds
 * after startedAt, ahead of the clock.
 */
export type BatchEndpointStartUpFile = z.input<typeof file>;

/** A checked start-up file with its defaults. */
export type StartUp = z.output<typeof schema>;

/** Reads and checks a start-up file; START_UP_FILE_INVALID names every error at once. */
export const loadStartUp = (file: string): StartUp => readChecked(file, schema);
