import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import type { SimulatedSubmission } from '../simulation/population.ts';
import { wallClockSeconds } from '../model/run-limits.ts';

/** What is held of submissions that have not run yet, and where it comes from. Pure. */
export type Knowledge =
  /** Nothing but the limits: every submission is taken to need the largest device, every run its whole wall clock. */
  | { kind: 'wall-clock'; expected: PlacedExpectation }
  | { kind: 'expect'; expected: PlacedExpectation }
  /** Measured on some submissions that ran on every class; `missing`: classes on which nothing came to its end. */
  | {
      kind: 'pilot';
      sample: ReadonlyMap<string, SimulatedSubmission>;
      speeds: Record<string, number>;
      startUpSeconds: number;
      missing: string[];
    };

/** What a host expects of an evaluation before any has run. Shares from 0 to 1, of the submissions. */
export interface Expectation {
  runtimeSeconds: number;
  /** The class on which it takes so long. */
  on: string;
  /** Of the runtime, what every run takes beside the work on its inputs, probes too. */
  startUpSeconds?: number;
  /** Need a larger device than the smallest. */
  outOfGpuMemoryShare?: number;
  /** Leave the device empty. */
  withoutGpuShare?: number;
}

/** An expectation with what is to be known of its class, which need not be among those that are planned with. */
export interface PlacedExpectation extends Expectation {
  /** Relative speed of the class. */
  speed: number;
  /** The promised wall clock on it. */
  longestSeconds: number;
  /** Of the devices in the file, each size once, smallest first. */
  deviceSizesMiB: number[];
}

/** What a campaign file alone tells of its submissions. Throws RangeError for a class that is not in the file. */
export function knowledgeOf(
  expect: Expectation | undefined,
  limits: Limits,
  classes: readonly InstanceClass[],
): Knowledge {
  const on = expect?.on ?? limits.wallClockOn;
  const row = classes.find(({ name }) => name === on);
  if (row === undefined) throw new RangeError(`there is no class ${on}`);
  const longestSeconds = wallClockSeconds(limits, row, classes);
  const sizes = new Set(classes.flatMap(({ gpuMemoryMiB }) => gpuMemoryMiB ?? []));
  const deviceSizesMiB = [...sizes].sort((a, b) => a - b);
  const placed = { on, speed: row.relativeSpeed, longestSeconds, deviceSizesMiB };
  if (expect) return { kind: 'expect', expected: { ...expect, ...placed } };
  return { kind: 'wall-clock', expected: { runtimeSeconds: longestSeconds, ...placed } };
}

/**
 * An expectation is taken to be right within this factor, in eight of ten cases: the case's own, 10 hours on a P3 for each,
 * turned out 2.5 times too high.
 */
export const expectationFactor = 2.5;

/** Spot machines are taken to be reclaimed so often in a running hour; AWS's own advisor has no finer word than "over 20 % a month". */
export const assumedLossesPerHour = 0.005;

/** Seconds that every run is billed beside its work. */
export const startUpOf = (knowledge: Knowledge): number =>
  (knowledge.kind === 'pilot' ? knowledge.startUpSeconds : knowledge.expected.startUpSeconds) ?? 0;
