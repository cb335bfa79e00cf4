const maxAttempts = 5;
/** Growth of the factor from one attempt to the next; `first`: the smallest factor that is tried. */
const step = { first: 1.01, least: 1.15, most: 2 };
/** If this share of the delay remains after two attempts, more machines do not help. */
const hopelessShare = 0.9;

/**
 * Finds roughly the smallest factor, at most `most`, by which the number of machines must grow for something that takes
 * `takes` to finish within `left`; undefined if there is none. `takesWith` returns the duration with a factor.
 */
export function smallestSufficientFactor(
  { takes, left, most }: { takes: number; left: number; most: number },
  takesWith: (factor: number) => number,
): number | undefined {
  if (left <= 0) return undefined;
  const delay = takes - left;
  let factor = Math.max(step.first, takes / left);
  for (let attempt = 0; attempt < maxAttempts && factor <= most; attempt += 1) {
    const remainingDelay = takesWith(factor) - left;
    if (remainingDelay <= 0) return factor;
    if (attempt > 0 && remainingDelay > delay * hopelessShare) return undefined;
    // Machines share part of the time; the rest, such as the last long run, stays the same (Amdahl's law).
    const shared = (delay - remainingDelay) / (1 - 1 / factor);
    const wanted = shared / (left - (takes - shared)) / factor;
    factor *= wanted > 0 ? Math.min(step.most, Math.max(step.least, wanted)) : step.most;
  }
  return undefined;
}
