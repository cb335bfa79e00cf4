import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import type { SimulatedSubmission } from '../simulation/population.ts';
import { wallClockSeconds } from '../model/run-limits.ts';

/** Knowledge about submissions that have not run yet, by its source. */
export type Knowledge =
  /** Only the limits: every submission is assumed to need the largest GPU, and every run its whole wall clock. */
  | { kind: 'wall-clock'; expected: ResolvedExpectation }
  | { kind: 'expect'; expected: ResolvedExpectation }
  /** Measurements of some submissions on every class; `missing`: classes on which no run succeeded. */
  | {
      kind: 'pilot';
      sample: ReadonlyMap<string, SimulatedSubmission>;
      speeds: Record<string, number>;
      startUpSeconds: number;
      missing: string[];
    };

/** The organizer's expectations of the evaluations before any has run. Shares of the submissions from 0 to 1. */
export interface Expectation {
  runtimeSeconds: number;
  /** The class to which the runtime applies. */
  on: string;
  /** Part of the runtime that every run, probes included, takes in addition to the work on its inputs. */
  startUpSeconds?: number;
  /** Share that needs more than the smallest GPU. */
  outOfGpuMemoryShare?: number;
  withoutGpuShare?: number;
}

/** An expectation with the facts about its class, which need not be one of the planned classes. */
export interface ResolvedExpectation extends Expectation {
  speed: number;
  /** The wall clock on that class. */
  longestSeconds: number;
  /** The distinct GPU memory sizes in the file, ascending. */
  deviceSizesMiB: number[];
}

/** Knowledge about the submissions from the campaign file alone. Throws RangeError for an unknown class. */
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

/** Seconds that every run is billed for in addition to its work. */
export const startUpOf = (knowledge: Knowledge): number =>
  (knowledge.kind === 'pilot' ? knowledge.startUpSeconds : knowledge.expected.startUpSeconds) ?? 0;
