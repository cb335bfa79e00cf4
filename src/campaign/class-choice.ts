import { costMicroUsd } from './money.ts';
import { batchGraceSeconds, containerMemoryMiB, wallClockSeconds, worstCostMicroUsd } from './run-limits.ts';
import type { InstanceClass, Limits } from './frozen-campaign.ts';
import type { ResourceProfile } from './resource-profile.ts';

/** One class a run could go to; money in micro-dollars, `hours` as expected. */
export interface RunOption {
  class: string;
  worst: number;
  expected: number;
  hours: number;
}

/** What is known about a submission's needs when its next evaluation is to be placed. Pure. */
export interface Needs {
  profile?: ResourceProfile;
  /** Device memory that proved too small, in MiB: only larger devices will do. */
  gpuMemoryAboveMiB: number;
  /** Container memory that proved too small, in MiB: only classes that give more will do. */
  memoryAboveMiB: number;
}

export const unknownNeeds: Needs = { gpuMemoryAboveMiB: 0, memoryAboveMiB: 0 };

export interface ClassRules {
  classes: readonly InstanceClass[];
  limits: Limits;
}

/** The class probes run on: the cheapest with a device, else the cheapest. */
export function probeClass(classes: readonly InstanceClass[]): InstanceClass {
  const cheapest = [...classes].sort((a, b) => a.microUsdPerHour - b.microUsdPerHour);
  const chosen = cheapest.find((candidate) => candidate.kind === 'gpu') ?? cheapest[0];
  if (chosen === undefined) throw new RangeError('a campaign has at least one instance class');
  return chosen;
}

/** Every class that can carry an evaluation of `items` inputs, cheapest expectation first; empty when none can. */
export function evaluationOptions(rules: ClassRules, needs: Needs, items: number): RunOption[] {
  return rules.classes
    .filter((candidate) => carries(rules, candidate, needs, items))
    .map((candidate) => optionOn(rules, candidate, expectedSeconds(rules, candidate, needs, items)))
    .sort((a, b) => a.expected - b.expected || (a.class < b.class ? -1 : 1));
}

/** The price of a run on one class that is expected to take so many seconds. */
export function optionOn(rules: ClassRules, on: InstanceClass, seconds: number): RunOption {
  return {
    class: on.name,
    worst: worstCostMicroUsd(rules.limits, on, rules.classes),
    expected: costMicroUsd(Math.round(seconds), on.microUsdPerHour),
    hours: Math.round(seconds) / 3600,
  };
}

/** What a probe lets expect of a run, in seconds; undefined when nothing is known and the whole wall clock is taken. */
export function measuredSeconds({ worst, expected, hours }: RunOption): number | undefined {
  const longestHours = (worst * hours) / expected - batchGraceSeconds / 3600;
  return hours < longestHours * 0.999 ? Math.max(1, Math.round(hours * 3600)) : undefined;
}

function carries(rules: ClassRules, candidate: InstanceClass, needs: Needs, items: number): boolean {
  if (containerMemoryMiB(rules.limits, candidate) <= needs.memoryAboveMiB) return false;
  if (candidate.kind === 'cpu') return mayLeaveGpu(rules, candidate, needs, items);
  const device = candidate.gpuMemoryMiB ?? 0;
  return device > needs.gpuMemoryAboveMiB && device >= (needs.profile?.gpuMemoryMiB ?? 0);
}

/**
 * A CPU class takes a submission if there is no other kind, or if the probe saw the device stay empty, no run filled one
 * since, and the time that the CPU class gives will do.
 */
function mayLeaveGpu(rules: ClassRules, candidate: InstanceClass, needs: Needs, items: number): boolean {
  if (rules.classes.every(({ kind }) => kind === 'cpu')) return true;
  const { profile, gpuMemoryAboveMiB } = needs;
  if (profile === undefined || profile.usesGpu || gpuMemoryAboveMiB > 0) return false;
  return probedSeconds(candidate, profile, items) <= wallClockSeconds(rules.limits, candidate, rules.classes);
}

/** From the probe and the classes' relative speeds; without a probe the whole promised wall clock. */
function expectedSeconds(rules: ClassRules, on: InstanceClass, { profile }: Needs, items: number): number {
  const promised = wallClockSeconds(rules.limits, on, rules.classes);
  return profile === undefined ? promised : Math.min(promised, probedSeconds(on, profile, items));
}

/** The start-up is counted once and takes as long on every class; the items follow the classes' relative speed. */
const probedSeconds = (on: InstanceClass, profile: ResourceProfile, items: number): number =>
  (profile.startUpSeconds ?? 0) + (profile.secondsPerItem * items * profile.measuredAtSpeed) / on.relativeSpeed;
