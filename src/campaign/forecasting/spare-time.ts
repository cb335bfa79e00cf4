import type { RemainingWork } from './remaining-work.ts';

/** The halvings of an interval that make a forecast exact enough. */
const halvings = 20;

/**
 * Seconds that the gate's work takes, given in slot seconds. In a hurry the classes it may go to carry what their `own`
 * work leaves room for; `detours`: what that costs more, in micro-dollars. Pure.
 */
export function spareTime(
  { classes, gate }: RemainingWork,
  own: readonly number[],
  work: number,
  hurry: boolean,
): { seconds: number; detours: number } {
  const { slots = 0, detours = [], longer = [], microUsdPerSecond = 0 } = classes[gate] ?? {};
  const alone = work / Math.max(1, slots);
  if (!hurry) return { seconds: alone, detours: 0 };
  const spare = (seconds: number): { on: number; seconds: number }[] =>
    detours.map((on) => ({ on, seconds: Math.max(0, (classes[on]?.slots ?? 0) * seconds - (own[on] ?? 0)) }));
  const carried = (seconds: number): number =>
    spare(seconds).reduce((sum, there) => sum + there.seconds / (longer[there.on] ?? 1), slots * seconds);
  let [least, most] = [0, alone];
  for (let step = 0; step < halvings; step += 1) {
    const middle = (least + most) / 2;
    if (carried(middle) < work) least = middle;
    else most = middle;
  }
  const dearer = spare(most).reduce(
    (sum, { on, seconds }) =>
      sum + seconds * ((classes[on]?.microUsdPerSecond ?? 0) - microUsdPerSecond / (longer[on] ?? 1)),
    0,
  );
  return { seconds: most, detours: dearer };
}
