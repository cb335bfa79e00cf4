import { RandomStream } from '../random/random-stream.ts';
import { expectationFactor } from './knowledge.ts';

/** One way things may turn out, where nobody has measured them. */
export interface Future {
  seed: number;
  /** How much longer than expected evaluations take. */
  factor: number;
  /** Share of the submissions that need a larger device than the smallest, where nobody has said so. */
  outOfGpuMemoryShare: number;
}

/** Of the share that runs out of device memory, the most that is thought possible; a twentieth is as likely passed as not. */
const largestShare = 0.2;

/**
 * Futures that stand for equal parts of what may happen; an odd number has what is expected in its middle. Always the
 * same. Pure.
 */
export function futuresOf(count: number): Future[] {
  const random = new RandomStream(count);
  const places = Array.from({ length: count }, (_, place) => (place + 0.5) / count);
  const shares = places.map((place) => ({ share: largestShare * place ** 2, at: random.next() }));
  shares.sort((a, b) => a.at - b.at);
  return places.map((place, index) => ({
    seed: index + 1,
    factor: expectationFactor ** (Math.log(place / (1 - place)) / Math.log(9)),
    outOfGpuMemoryShare: shares[index]?.share ?? 0,
  }));
}
