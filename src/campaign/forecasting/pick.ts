import type { RandomStream } from '../random/random-stream.ts';

/** Draws a place by its share; undefined when there are no shares. */
export function pick(shares: readonly number[], random: RandomStream): number | undefined {
  if (shares.length === 0) return undefined;
  let left = random.next();
  for (const [place, share] of shares.entries()) {
    left -= share;
    if (left < 0) return place;
  }
  return shares.length - 1;
}
