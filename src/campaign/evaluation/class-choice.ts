import { fitsOf, type ClassRules } from './class-fit.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { costMicroUsd, worstCostMicroUsd } from '../model/money.ts';
import { probedSeconds, type Needs } from './needs.ts';
import { wallClockSeconds } from '../model/run-limits.ts';
import type { RunOption } from '../model/run-option.ts';

/** The class for probes: the cheapest with a GPU, else the cheapest. */
export function probeClass(classes: readonly InstanceClass[]): InstanceClass {
  const cheapest = [...classes].sort((a, b) => a.microUsdPerHour - b.microUsdPerHour);
  const chosen = cheapest.find((candidate) => candidate.kind === 'gpu') ?? cheapest[0];
  if (chosen === undefined) throw new RangeError('a campaign has at least one instance class');
  return chosen;
}

/** The classes for a probe: one with its further types, and if that is Spot, also the cheapest on-demand class of its kind. */
export function probeOptions(rules: ClassRules): RunOption[] {
  const first = probeClass(rules.classes);
  const further = rules.classes.filter(({ capacityOf }) => capacityOf === first.name);
  const onDemand = rules.classes
    .filter(({ kind, onDemandAfter }) => kind === first.kind && onDemandAfter === undefined)
    .sort((a, b) => a.microUsdPerHour - b.microUsdPerHour)
    .slice(0, first.onDemandAfter === undefined ? 0 : 1);
  return [...new Set([first, ...further, ...onDemand])].map((instanceClass) => optionOn(rules, instanceClass));
}

/** The classes for an evaluation of `items` inputs, by expected cost; empty when facts rule out all. */
export function evaluationOptions(rules: ClassRules, needs: Needs, items: number): RunOption[] {
  const { profile } = needs;
  return fitsOf(rules, needs, items)
    .filter(({ kind }) => kind !== 'unfit')
    .map(({ instanceClass }) => optionOn(rules, instanceClass, profile && probedSeconds(instanceClass, profile, items)))
    .sort((a, b) => a.expected - b.expected || a.hours - b.hours || (a.class < b.class ? -1 : 1));
}

/** The option of one class for a run of a predicted duration, or of the whole wall clock. Short runs need tenths of a second. */
export function optionOn(rules: ClassRules, instanceClass: InstanceClass, predictedSeconds = Infinity): RunOption {
  const limit = wallClockSeconds(rules.limits, instanceClass, rules.classes);
  const expectedSeconds = Math.round(Math.min(predictedSeconds, limit) * 10) / 10;
  const isMeasured = expectedSeconds < limit * 0.999;
  return {
    class: instanceClass.name,
    worst: worstCostMicroUsd(rules.limits, instanceClass, rules.classes),
    expected: costMicroUsd(expectedSeconds, instanceClass.microUsdPerHour),
    hours: expectedSeconds / 3600,
    gpuMemoryMiB: instanceClass.gpuMemoryMiB ?? 0,
    ...(instanceClass.onDemandAfter !== undefined && { onDemandAfter: instanceClass.onDemandAfter }),
    ...(isMeasured && { isMeasured }),
  };
}

/** The duration that a probe predicts, in seconds; undefined when the option assumes the whole wall clock. */
export const measuredSeconds = ({ hours, isMeasured }: RunOption): number | undefined =>
  isMeasured ? Math.max(1, Math.round(hours * 3600)) : undefined;
