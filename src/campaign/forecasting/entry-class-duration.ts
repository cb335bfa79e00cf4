import type { RemainingWork } from './remaining-work.ts';

/** Halvings of the interval in the search for the duration; enough for a forecast. */
const bisectionSteps = 20;

/**
 * Seconds that the entry class takes for `work` slot seconds. If grants are expedited, its alternatives take over what
 * their own work (`ownWork`, slot seconds by class) leaves room for; `extraMicroUsd` is the additional cost of that.
 */
export function entryClassDuration(
  { classes, entryClass }: RemainingWork,
  ownWork: readonly number[],
  work: number,
  expedited: boolean,
): { seconds: number; extraMicroUsd: number } {
  const { slots = 0, alternatives = [], slowdown = [], microUsdPerSecond = 0 } = classes[entryClass] ?? {};
  const alone = work / Math.max(1, slots);
  if (!expedited) return { seconds: alone, extraMicroUsd: 0 };
  const spareCapacity = (seconds: number): { classIndex: number; seconds: number }[] =>
    alternatives.map((classIndex) => ({
      classIndex,
      seconds: Math.max(0, (classes[classIndex]?.slots ?? 0) * seconds - (ownWork[classIndex] ?? 0)),
    }));
  const workDoneIn = (seconds: number): number =>
    spareCapacity(seconds).reduce(
      (sum, spare) => sum + spare.seconds / (slowdown[spare.classIndex] ?? 1),
      slots * seconds,
    );
  let [tooShort, enough] = [0, alone];
  for (let step = 0; step < bisectionSteps; step += 1) {
    const middle = (tooShort + enough) / 2;
    if (workDoneIn(middle) < work) tooShort = middle;
    else enough = middle;
  }
  const extraMicroUsd = spareCapacity(enough).reduce(
    (sum, { classIndex, seconds }) =>
      sum + seconds * ((classes[classIndex]?.microUsdPerSecond ?? 0) - microUsdPerSecond / (slowdown[classIndex] ?? 1)),
    0,
  );
  return { seconds: enough, extraMicroUsd };
}
