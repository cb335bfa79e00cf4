import { fitsOf, type ClassRules } from './class-fit.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { costMicroUsd } from '../model/money.ts';
import { probedSeconds, type Needs } from './needs.ts';
import { wallClockSeconds, worstCostMicroUsd } from '../model/run-limits.ts';
import type { RunOption } from '../model/run-option.ts';

/** The class probes run on: the cheapest with a device, else the cheapest. */
export function probeClass(classes: readonly InstanceClass[]): InstanceClass {
  const cheapest = [...classes].sort((a, b) => a.microUsdPerHour - b.microUsdPerHour);
  const chosen = cheapest.find((candidate) => candidate.kind === 'gpu') ?? cheapest[0];
  if (chosen === undefined) throw new RangeError('a campaign has at least one instance class');
  return chosen;
}

/** Every class that may carry an evaluation of `items` inputs, cheapest expectation first; empty when facts rule out all. */
export function evaluationOptions(rules: ClassRules, needs: Needs, items: number): RunOption[] {
  return fitsOf(rules, needs, items)
    .filter(({ kind }) => kind !== 'unfit')
    .map(({ instanceClass }) => optionOn(rules, instanceClass, expectedSeconds(rules, instanceClass, needs, items)))
    .sort((a, b) => a.expected - b.expected || a.hours - b.hours || (a.class < b.class ? -1 : 1));
}

/** The price of a run on one class that is expected to take so many seconds; tenths of them, which short runs need. */
export function optionOn(rules: ClassRules, instanceClass: InstanceClass, seconds: number): RunOption {
  const expectedSeconds = Math.round(seconds * 10) / 10;
  const isMeasured = expectedSeconds < wallClockSeconds(rules.limits, instanceClass, rules.classes) * 0.999;
  return {
    class: instanceClass.name,
    worst: worstCostMicroUsd(rules.limits, instanceClass, rules.classes),
    expected: costMicroUsd(expectedSeconds, instanceClass.microUsdPerHour),
    hours: expectedSeconds / 3600,
    gpuMemoryMiB: instanceClass.gpuMemoryMiB ?? 0,
    ...(isMeasured && { isMeasured }),
  };
}

/** What a probe lets expect of a run, in seconds; undefined when nothing is known and the whole wall clock is taken. */
export const measuredSeconds = ({ hours, isMeasured }: RunOption): number | undefined =>
  isMeasured ? Math.max(1, Math.round(hours * 3600)) : undefined;

/** From the probe and the classes' relative speeds; without a probe the whole promised wall clock. */
function expectedSeconds(rules: ClassRules, instanceClass: InstanceClass, { profile }: Needs, items: number): number {
  const promised = wallClockSeconds(rules.limits, instanceClass, rules.classes);
  return profile === undefined ? promised : Math.min(promised, probedSeconds(instanceClass, profile, items));
}
