import { z } from 'zod';
import {
  simulatedEndings,
  type Population,
  type SimulatedSubmission,
} from '../../../campaign/simulation/population.ts';
import { memberPattern } from '../../../ids.ts';
import { readChecked } from '../checked-file.ts';

const amount = z.number().min(0);
const speed = z.number().positive().default(1);

const submission = z.strictObject({
  usesGpu: z.boolean(),
  gpuMemoryMiB: amount,
  sampleGpuMemoryMiB: amount.optional(),
  hostMemoryMiB: amount,
  startUpSeconds: amount,
  secondsPerItem: amount,
  cpuSecondsPerItem: amount,
  spread: amount,
  end: z.enum(simulatedEndings),
}) satisfies z.ZodType<SimulatedSubmission>;

const schema = z.strictObject({
  others: submission,
  submissions: z
    .record(z.string().regex(memberPattern), submission.partial())
    .default({})
    .transform((rows) => Object.entries(rows)),
  classes: z
    .record(z.string(), z.strictObject({ gpuSpeed: speed, cpuSpeed: speed, lossesPerHour: amount.default(0) }))
    .transform((rows) => new Map(Object.entries(rows))),
  predictions: z.strictObject({ id: z.string().min(1), value: z.string().min(1) }),
});

/** A population and the columns of its submissions' predictions. */
export interface PopulationFile extends Population {
  predictions: { id: string; value: string };
}

/**
 * Reads the population of a simulated endpoint: {@link Population} as JSON, with `submissions` and `classes` as objects by
 * name. A submission has only the fields that differ from `others`; speeds default to 1 and losses to 0. Throws
 * START_UP_FILE_INVALID.
 */
export function loadPopulation(file: string): PopulationFile {
  const { others, submissions, ...rest } = readChecked(file, schema);
  return {
    ...rest,
    others,
    submissions: new Map(submissions.map(([name, row]) => [name, Object.assign({}, others, row)])),
  };
}
