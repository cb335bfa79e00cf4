import type { RandomStream } from '../random/random-stream.ts';
import type { DurationGroup } from './kaplan-meier.ts';

/**
 * Submissions of a team and runs of a submission resemble each other, so a count is worth only this share of as many
 * independent observations.
 */
const effectiveShare = 0.35;

/** A gamma variate whose mean is the count (Wilson-Hilferty approximation): the weight of the count in a resample. */
function resampledCount(count: number, random: RandomStream): number {
  const shape = effectiveShare * count;
  if (shape <= 0) return 0;
  return count * Math.max(0.01, 1 - 1 / (9 * shape) + random.normal() / (3 * Math.sqrt(shape))) ** 3;
}

export const resampledGroups = (groups: readonly DurationGroup[], random: RandomStream): DurationGroup[] =>
  groups.map(({ seconds, ended, followed, lostBefore }) => {
    const resampled = resampledCount(followed, random);
    return { seconds, ended: resampled + resampledCount(ended - followed, random), followed: resampled, lostBefore };
  });

/** Probabilities with which the counted events happen; empty if nothing was counted. */
export function resampledShares(counts: readonly number[], random: RandomStream): number[] {
  const resampled = counts.map((count) => resampledCount(count, random));
  const sum = resampled.reduce((total, count) => total + count, 0);
  return sum > 0 ? resampled.map((count) => count / sum) : [];
}

/** Events per second. */
export const resampledRate = (events: number, seconds: number, random: RandomStream): number =>
  resampledCount(events, random) / Math.max(1, seconds);
