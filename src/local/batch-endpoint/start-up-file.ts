import { z } from 'zod';
import { readChecked } from './checked-file.ts';

const command = z.tuple([z.string().min(1)], z.string());

const file = z.strictObject({
  host: z.enum(['127.0.0.1', 'localhost', '::1']),
  port: z.int().min(0).max(65_535),
  stateFolder: z.string().min(1),
  credentials: z.array(z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) })).min(1),
  region: z.string().regex(/^[a-z0-9-]+$/),
  account: z.string().regex(/^[0-9]{12}$/, 'must be twelve digits'),
  queues: z
    .array(z.strictObject({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/), slots: z.int().min(0) }))
    .refine((queues) => new Set(queues.map(({ name }) => name)).size === queues.length, 'has a name twice'),
  runner: command.optional(),
  reap: command.optional(),
  simulation: z
    .strictObject({ population: z.string().min(1), timeScale: z.number().min(1), seed: z.int().min(0) })
    .optional(),
  environment: z.record(z.string(), z.string()),
  killGraceSeconds: z.number().min(0).default(30),
});

/** What carries jobs out: processes that run these commands. */
export interface ProcessSettings {
  kind: 'processes';
  runner: z.output<typeof command>;
  reap: z.output<typeof command>;
}

/** What carries jobs out: nothing but time that passes, `timeScale` seconds in one. */
export interface SimulationSettings {
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
  context.addIssue('must have either runner and reap, or simulation in their place');
  return z.NEVER;
});

/**
 * What the local Batch endpoint is told at its start: a JSON file, the process's only argument.
 *
 * `host` is a loopback address, port 0 any free one. `stateFolder` keeps everything the endpoint knows. Requests must be
 * signed (SigV4) with one of `credentials`. `region` and `account` (twelve digits) make up the ARNs. Of a queue at most `slots` jobs run
 * at once. `killGraceSeconds` lie between a job's SIGTERM and its SIGKILL; 30 on AWS and by default.
 *
 * `runner` is the command that every job is; `reap` with the job id appended cleans up after one that could not. Both run
 * with `environment` (it plays the part of the instance and the job role) and with nothing of the endpoint's own. In their
 * place `simulation` has jobs that take time and write outcomes, without containers or processes: `population` is the file
 * that says what submissions need, `timeScale` how many of their seconds pass in one, `seed` fixes what is drawn. They
 * reach S3 by `environment`. A job's time limit counts in its own seconds then, and its stoppedAt lies as many of them after
 * its startedAt, ahead of the clock.
 */
export type BatchEndpointStartUpFile = z.input<typeof file>;

/** The start-up file as the endpoint uses it: checked, with its defaults. */
export type StartUp = z.output<typeof schema>;

/** Reads and checks a start-up file; START_UP_FILE_INVALID names every fault at once. */
export const loadStartUp = (file: string): StartUp => readChecked(file, schema);
