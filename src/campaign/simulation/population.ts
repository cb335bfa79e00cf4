/** The submissions of a simulated campaign and the instance classes, by name. */
export interface Population {
  /** Used for every submission that is not in `submissions`. */
  others: SimulatedSubmission;
  submissions: ReadonlyMap<string, SimulatedSubmission>;
  classes: ReadonlyMap<string, SimulatedClass>;
}

/** Needs and behaviour of a submission, in simulated seconds. */
export interface SimulatedSubmission {
  /** If it uses none, or the class has none, an item takes `cpuSecondsPerItem`. */
  usesGpu: boolean;
  /** GPU memory for the test set, and for the sample set if a probe needs less. */
  gpuMemoryMiB: number;
  sampleGpuMemoryMiB?: number | undefined;
  /** Name of its base image, if other submissions share it. */
  base?: string | undefined;
  hostMemoryMiB: number;
  /** From the start of the container to the first item, on every class. */
  startUpSeconds: number;
  /** On a class with speed 1. */
  secondsPerItem: number;
  cpuSecondsPerItem: number;
  /** Standard deviation of the logarithm of a run's duration; the mean stays the expected duration. */
  spread: number;
  end: SimulatedEnding;
  /** Share of its work after which a failing run fails; random if not given. */
  failsAt?: number | undefined;
  /** By class, if its runs end differently there. */
  endOn?: Readonly<Record<string, SimulatedEnding>> | undefined;
}

/**
 * How a submission's runs end if memory and time suffice: with predictions, with a predictions file that lacks a row,
 * without a file, or with exit status 1. The last two concern the runner: it exits without an outcome, or never ends.
 */
export const simulatedEndings = [
  'predictions',
  'faulty-predictions',
  'no-output',
  'error',
  'runner-trouble',
  'runner-hangs',
] as const;
export type SimulatedEnding = (typeof simulatedEndings)[number];

/** Speeds relative to the submissions' seconds; `lossesPerHour`: Spot reclaims per hour of running. */
export interface SimulatedClass {
  gpuSpeed: number;
  cpuSpeed: number;
  lossesPerHour: number;
}
