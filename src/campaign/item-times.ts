import type { GrowthPoint, RunOutcome } from './run-outcome.ts';

/** Where the seconds of a run went: `startUpSeconds + items × secondsPerItem` is what it took. */
export interface ItemTimes {
  /**
   * What does not grow with the items: before the first and after the last. Null: the rows did not tell, and all seconds
   * are counted among the items'.
   */
  startUpSeconds: number | null;
  secondsPerItem: number;
}

/** Fewer instants than this fit every line. */
const fewestPoints = 3;

/** Share of the file that must have grown between the first and the last instant. */
const smallestRise = 0.5;

/** Rows that come within less of the run than this were probably written at the end, after the work. */
const smallestDuration = 0.25;

/**
 * Tells start-up and items apart by the growth of the predictions file: the slope is the median of the slopes between all
 * pairs of instants (Theil and Sen), which bursts, a header written long before and a pause do not move. Pure.
 */
export function itemTimes({ seconds, output }: Pick<RunOutcome, 'seconds' | 'output'>, items: number): ItemTimes {
  const rows = Math.min(seconds, secondsOfAllRows(output.growth) ?? 0);
  if (rows < smallestDuration * seconds || rows === 0) return { startUpSeconds: null, secondsPerItem: seconds / items };
  return { startUpSeconds: seconds - rows, secondsPerItem: rows / items };
}

function secondsOfAllRows(growth: readonly GrowthPoint[]): number | undefined {
  const [first, last] = [growth[0], growth.at(-1)];
  if (first === undefined || last === undefined || growth.length < fewestPoints) return undefined;
  if (last.share - first.share < smallestRise) return undefined;
  const slopes = growth.flatMap((later, index) =>
    growth.slice(0, index).map((earlier) => (later.seconds - earlier.seconds) / (later.share - earlier.share)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)];
}
