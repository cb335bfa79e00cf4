/** The submissions of a simulated campaign and the machines they meet; by name. */
export interface Population {
  /** Every submission that `submissions` does not name. */
  others: SimulatedSubmission;
  submissions: ReadonlyMap<string, SimulatedSubmission>;
  classes: ReadonlyMap<string, SimulatedClass>;
}

/** What a submission needs and does. Seconds are simulated ones. */
export interface SimulatedSubmission {
  /** Without a GPU, or where the class has none, an item takes `cpuSecondsPerItem`. */
  usesGpu: boolean;
  /** Device memory for the test set, and for the sample set where a probe sees less. */
  gpuMemoryMiB: number;
  sampleGpuMemoryMiB?: number | undefined;
  /** Name of the base image it is built on, if others share it. */
  base?: string | undefined;
  hostMemoryMiB: number;
  /** From the container's start to the first item, on every class. */
  startUpSeconds: number;
  /** On a class of speed 1. */
  secondsPerItem: number;
  cpuSecondsPerItem: number;
  /** Deviation of the logarithm of a run's duration; the mean stays what is expected. */
  spread: number;
  end: SimulatedHabit;
  /** Share of its work after which a run fails that fails; without it anywhere. */
  failsAt?: number | undefined;
  /** By class, where it does something else there. */
  endOn?: Readonly<Record<string, SimulatedHabit>> | undefined;
}

/**
 * How a submission's runs end where memory and time suffice: with predictions; with a file that lacks a row; without one;
 * with exit status 1. The last two are the runner's: it exits without an outcome, or never ends.
 */
export const simulatedHabits = [
  'predictions',
  'faulty-predictions',
  'no-output',
  'error',
  'runner-trouble',
  'runner-hangs',
] as const;
export type SimulatedHabit = (typeof simulatedHabits)[number];

/** Speeds relative to the submissions' seconds; `lossesPerHour`: Spot reclaims, per running hour. */
export interface SimulatedClass {
  gpuSpeed: number;
  cpuSpeed: number;
  lossesPerHour: number;
}
