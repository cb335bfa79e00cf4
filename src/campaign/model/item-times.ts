import type { GrowthPoint, RunOutcome } from './run-outcome.ts';

/** The duration of a run, split: `startUpSeconds + items × secondsPerItem`. */
export interface ItemTimes {
  /** Seconds that do not depend on the number of items. Null: unknown; `secondsPerItem` then includes them. */
  startUpSeconds: number | null;
  secondsPerItem: number;
}

type TimedRun = Pick<RunOutcome, 'seconds' | 'output' | 'shorterRun'>;

/** Fewer instants fit any line. */
const minPoints = 3;

/** Least share of the file that must be written between the first and the last instant. */
const minRise = 0.5;

/** Rows written within a smaller share of the run were probably written at the end, after the work. */
const minDurationShare = 0.25;

/** Variation of a container's start between runs; a smaller difference proves nothing. */
const jitterSeconds = 1;

/** Separates start-up from items: by the shorter second run if there was one, else by the growth of the predictions file. */
export function itemTimes(run: TimedRun, items: number): ItemTimes {
  const { seconds, shorterRun } = run;
  const found = shorterRun === null ? secondsOfRows(run) : secondsByDifference(seconds, shorterRun, items);
  if (found === undefined) return { startUpSeconds: null, secondsPerItem: seconds / items };
  const ofItems = Math.min(seconds, found);
  return { startUpSeconds: seconds - ofItems, secondsPerItem: ofItems / items };
}

const secondsByDifference = (seconds: number, shorter: { items: number; seconds: number }, items: number): number =>
  (items * Math.max(jitterSeconds, seconds - shorter.seconds)) / (items - shorter.items);

/** Runs worth a shorter second run: longer than the jitter of two starts, and at most ten minutes. */
const [shortestSeconds, longestSeconds] = [10 * jitterSeconds, 600];

/**
 * Returns the number of items for a second run that separates start-up from items. Undefined when the rows of this run do so
 * already, when the run is too short against the jitter of a start, or so long that its start-up matters little.
 */
export function shorterItems(run: Pick<RunOutcome, 'seconds' | 'output'>, items: number): number | undefined {
  const isWorthWhile = run.seconds >= shortestSeconds && run.seconds <= longestSeconds && items >= 4;
  return isWorthWhile && secondsOfRows(run) === undefined ? Math.floor(items / 4) : undefined;
}

/**
 * Seconds that the rows took, by the median slope over all pairs of instants (Theil–Sen), which is robust against bursts,
 * pauses and an early header.
 */
function secondsOfRows({ seconds, output: { growth } }: Pick<RunOutcome, 'seconds' | 'output'>): number | undefined {
  const [first, last] = [growth[0], growth.at(-1)];
  if (first === undefined || last === undefined || growth.length < minPoints) return undefined;
  if (last.share - first.share < minRise) return undefined;
  const slope = medianSlope(growth);
  return slope > 0 && slope >= minDurationShare * seconds ? slope : undefined;
}

function medianSlope(growth: readonly GrowthPoint[]): number {
  const slopes = growth.flatMap((later, index) =>
    growth.slice(0, index).map((earlier) => (later.seconds - earlier.seconds) / (later.share - earlier.share)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}
