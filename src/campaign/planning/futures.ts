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
