import type { GrowthPoint, RunOutcome } from './run-outcome.ts';

/** Where the seconds of a run went: `startUpSeconds + items × secondsPerItem` is what it took. */
export interface ItemTimes {
  /**
   * What does not grow with the items: before the first and after the last. Null: nothing told, and all seconds are counted
   * among the items'.
   */
  startUpSeconds: number | null;
  secondsPerItem: number;
}

type Seen = Pick<RunOutcome, 'seconds' | 'output' | 'shorterRun'>;

/** Fewer instants than this fit every line. */
const fewestPoints = 3;

/** Share of the file that must have grown between the first and the last instant. */
const smallestRise = 0.5;

/** Rows that come within less of the run than this were probably written at the end, after the work. */
const smallestDuration = 0.25;

/** What the start of a container can take longer in one run than in another; a smaller difference may be none. */
const jitterSeconds = 1;

/**
 * Tells start-up and items apart by a second run on fewer items where there was one, else by the growth of the predictions
 * file. Pure.
 */
export function itemTimes(run: Seen, items: number): ItemTimes {
  const { seconds, shorterRun } = run;
  const found = shorterRun === null ? secondsOfRows(run) : secondsByDifference(seconds, shorterRun, items);
  if (found === undefined) return { startUpSeconds: null, secondsPerItem: seconds / items };
  const ofItems = Math.min(seconds, found);
  return { startUpSeconds: seconds - ofItems, secondsPerItem: ofItems / items };
}

const secondsByDifference = (seconds: number, shorter: { items: number; seconds: number }, items: number): number =>
  (items * Math.max(jitterSeconds, seconds - shorter.seconds)) / (items - shorter.items);

/** Runs of which a second, shorter one is worth while: beyond the jitter of two starts, and of no more than ten minutes. */
const [shortestSeconds, longestSeconds] = [10 * jitterSeconds, 600];

/**
 * How many items a second run should have, to tell what the rows of this one did not; undefined when the rows do tell, or
 * the run is too short against the jitter of a start, or so long that its start-up matters little.
 */
export function shorterItems(run: Pick<RunOutcome, 'seconds' | 'output'>, items: number): number | undefined {
  const isWorthWhile = run.seconds >= shortestSeconds && run.seconds <= longestSeconds && items >= 4;
  return isWorthWhile && secondsOfRows(run) === undefined ? Math.floor(items / 4) : undefined;
}

/**
 * The slope is the median of the slopes between all pairs of instants (Theil and Sen), which bursts, a header written long
 * before and a pause do not move.
 */
function secondsOfRows({ seconds, output: { growth } }: Pick<RunOutcome, 'seconds' | 'output'>): number | undefined {
  const [first, last] = [growth[0], growth.at(-1)];
  if (first === undefined || last === undefined || growth.length < fewestPoints) return undefined;
  if (last.share - first.share < smallestRise) return undefined;
  const slope = medianSlope(growth);
  return slope > 0 && slope >= smallestDuration * seconds ? slope : undefined;
}

function medianSlope(growth: readonly GrowthPoint[]): number {
  const slopes = growth.flatMap((later, index) =>
    growth.slice(0, index).map((earlier) => (later.seconds - earlier.seconds) / (later.share - earlier.share)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
}
