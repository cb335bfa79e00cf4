const tries = 5;
/** How far one number is above the last; `first`: above 1, at least. */
const step = { first: 1.01, least: 1.15, most: 2 };
/** What leaves so much of the miss after two numbers is not what is waited for. */
const hopeless = 0.9;

/**
 * How many times as many machines do what takes too long within the time that is left: about the fewest, at most `most`.
 * Undefined when so many do not. `takesWith` answers how long it takes with so many times the machines. Pure.
 */
export function smallestSufficientFactor(
  { takes, left, most }: { takes: number; left: number; most: number },
  takesWith: (times: number) => number,
): number | undefined {
  if (left <= 0) return undefined;
  const late = takes - left;
  let times = Math.max(step.first, takes / left);
  for (let attempt = 0; attempt < tries && times <= most; attempt += 1) {
    const still = takesWith(times) - left;
    if (still <= 0) return times;
    if (attempt > 0 && still > late * hopeless) return undefined;
    // A part of the time is shared among the machines; none shortens the rest, such as the last long run.
    const shared = (late - still) / (1 - 1 / times);
    const wanted = shared / (left - (takes - shared)) / times;
    times *= wanted > 0 ? Math.min(step.most, Math.max(step.least, wanted)) : step.most;
  }
  return undefined;
}
