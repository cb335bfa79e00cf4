import { RandomStream } from '../random/random-stream.ts';
import { expectationFactor, largestOutOfMemoryShare } from './assumptions.ts';

/** One possible outcome of what has not been measured. */
export interface Future {
  seed: number;
  /** Factor by which evaluations take longer than expected. */
  durationFactor: number;
  /** Share of the submissions that need more than the smallest GPU, unless the file states it. */
  outOfGpuMemoryShare: number;
}

/** Number of futures: at least five for P10 and P90, more if each takes less time; odd, to include the expected one. */
export function futuresFor(submissions: number): number {
  if (submissions > 20_000) return 5;
  return submissions > 1_000 ? 11 : 41;
}

/** Equally likely futures, always the same for the same count; an odd count includes the expected one. */
export function futuresOf(count: number): Future[] {
  const random = new RandomStream(count);
  const probabilities = Array.from({ length: count }, (_, index) => (index + 0.5) / count);
  const shares = random.shuffled(probabilities.map((probability) => largestOutOfMemoryShare * probability ** 2));
  return probabilities.map((probability, index) => ({
    seed: index + 1,
    durationFactor: expectationFactor ** (Math.log(probability / (1 - probability)) / Math.log(9)),
    outOfGpuMemoryShare: shares[index] ?? 0,
  }));
}
