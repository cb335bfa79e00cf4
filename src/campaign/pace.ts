import { byName } from './by-name.ts';

/** What ended runs and submissions teach about the rest: sums that a forecast needs and that never grow. Pure. */
export interface Pace {
  /** Instant (ms) of the first grant; null before it. */
  since: number | null;
  byClass: Record<string, ClassPace>;
  submissions: MomentSums;
}

export interface ClassPace {
  /** Billed seconds of ended evaluation runs. */
  evaluations: MomentSums;
  /** Billed seconds of ended probes. */
  probes: MomentSums;
}

/** Number, sum and sum of squares of some values. */
export interface MomentSums {
  count: number;
  sum: number;
  squares: number;
}

export const noMoments = (): MomentSums => ({ count: 0, sum: 0, squares: 0 });
export const noPace = (): Pace => ({ since: null, byClass: byName(), submissions: noMoments() });

/** Adds a value to the sums. */
export function addMoment(sums: MomentSums, value: number): void {
  sums.count += 1;
  sums.sum += value;
  sums.squares += value * value;
}
