import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import { gpusOf } from '../model/classes/instance-class-kinds.ts';
import { probedSeconds, type Needs } from './needs.ts';
import { containerMemoryMiB, promisedSeconds } from '../model/run-limits.ts';
import type { ResourceProfile } from './resource-profile.ts';

/** The campaign settings that decide which classes fit. */
export interface ClassRules {
  classes: readonly InstanceClass[];
  limits: Limits;
}

/** Whether a class suits an evaluation. `doubted`: an estimate argues against it, but no class is better. */
export interface ClassFit {
  instanceClass: InstanceClass;
  kind: 'fits' | 'doubted' | 'unfit';
  /** Empty when the class fits. */
  objections: Objection[];
}

/** Reasons against a class: facts (`proved-…`, `gpu-…`) and estimates. Memory in MiB. */
export type Objection =
  | { kind: 'proved-memory'; has: number; tooLittle: number }
  | { kind: 'proved-device'; has: number; tooLittle: number }
  | { kind: 'gpu-used' }
  | { kind: 'gpu-use-unknown' }
  | { kind: 'device'; has: number; wanted: number }
  | { kind: 'memory'; has: number; wanted: number }
  | { kind: 'time'; allowedSeconds: number; expectedSeconds: number };

/**
 * Headroom above the probe's peak of GPU memory. The whole test set needs more than the sample because caching allocators
 * keep fragmenting: in public reports of PyTorch on a full device by 1 to 7 % of the allocation, 2 % in the median
 * (docs/adr/0006). More headroom costs more than it saves: where the next class costs 2.7 times as much
 * ({@link breakEvenSuccess}), skipping the cheap one pays only if most such runs fail there. A peak that does not saturate
 * (below 95 %) never speaks against the device on which it was measured.
 */
export const gpuMemoryHeadroom = 0.05;

/**
 * Margin above the predicted duration. The mean of 25 sample items with exponentially distributed times has a standard error
 * of 20 %. A time limit is final for the team unless it was close (see {@link nextAfterFailure}). A class faster than
 * `wallClockOn` is judged by the promised time, so no submission gets an expensive class just for more time.
 */
export const timeMargin = 0.2;

/**
 * Judges each class. Facts rule a class out. Estimates do so only while another class is better, so they never leave a
 * submission without a class. The probe's peak of host memory does not count, because it includes the page cache.
 */
export function fitsOf(rules: ClassRules, needs: Needs, items: number): ClassFit[] {
  const facts = new Map(
    rules.classes.map((instanceClass) => [instanceClass, provedAgainst(rules, instanceClass, needs)]),
  );
  const possible = rules.classes.filter((instanceClass) => facts.get(instanceClass) === undefined);
  const estimates = [gpuMemoryEstimate, memoryEstimate, timeEstimate];
  const chosen = estimates.reduce(
    (left, estimate) => mostSufficient(left, (instanceClass) => estimate(rules, instanceClass, needs, items).ratio),
    possible,
  );
  return rules.classes.map((instanceClass) => {
    const proved = facts.get(instanceClass);
    if (proved) return { instanceClass, kind: 'unfit', objections: [proved] };
    const objections = estimates
      .map((estimate) => estimate(rules, instanceClass, needs, items))
      .flatMap(({ ratio, objection }) => (ratio < 1 ? [objection] : []));
    if (!chosen.includes(instanceClass)) return { instanceClass, kind: 'unfit', objections };
    return { instanceClass, kind: objections.length === 0 ? 'fits' : 'doubted', objections };
  });
}

function provedAgainst(rules: ClassRules, instanceClass: InstanceClass, needs: Needs): Objection | undefined {
  const { profile, gpuMemoryAboveMiB, memoryAboveMiB } = needs;
  const memory = containerMemoryMiB(rules.limits, instanceClass);
  if (memory <= memoryAboveMiB) return { kind: 'proved-memory', has: memory, tooLittle: memoryAboveMiB };
  const device = instanceClass.gpuMemoryMiB ?? 0;
  if (instanceClass.kind === 'gpu') {
    return device > gpuMemoryAboveMiB
      ? undefined
      : { kind: 'proved-device', has: device, tooLittle: gpuMemoryAboveMiB };
  }
  // A CPU class suits if there is no other kind, or if the probe left the GPU empty and no run filled one.
  if (rules.classes.every(({ kind }) => kind === 'cpu')) return undefined;
  if (gpuMemoryAboveMiB > 0 || profile?.usesGpu) return { kind: 'gpu-used' };
  return profile === undefined ? { kind: 'gpu-use-unknown' } : undefined;
}

/** The available amount divided by the needed one, and the objection if that ratio is less than 1. */
interface Estimate {
  ratio: number;
  objection: Objection;
}

function gpuMemoryEstimate(_: ClassRules, instanceClass: InstanceClass, { profile, probeAbove }: Needs): Estimate {
  const peak = Math.ceil(deviceNeed(profile, gpusOf(instanceClass)) * (1 + gpuMemoryHeadroom));
  const wanted = Math.max(peak, probeAbove.gpuMemoryMiB > 0 ? probeAbove.gpuMemoryMiB + 1 : 0);
  const has = instanceClass.gpuMemoryMiB ?? 0;
  return { ratio: wanted === 0 ? Infinity : has / wanted, objection: { kind: 'device', has, wanted } };
}

/**
 * The need of one of `gpus` devices, in MiB: the probe's peak on its fullest device, or more if the class has fewer devices
 * than the probe used, because each then holds more. More devices than the probe used do not lower the need.
 */
function deviceNeed(profile: ResourceProfile | undefined, gpus: number): number {
  if (profile === undefined) return 0;
  const { gpuMemoryMiB, spread } = profile;
  const isEnough = spread === undefined || gpus === 0 || gpus >= spread.gpus;
  return gpuMemoryMiB === 0 || isEnough ? gpuMemoryMiB : Math.max(gpuMemoryMiB, spread.sumMiB / gpus);
}

function memoryEstimate({ limits }: ClassRules, instanceClass: InstanceClass, { probeAbove }: Needs): Estimate {
  const has = containerMemoryMiB(limits, instanceClass);
  const wanted = probeAbove.memoryMiB + 1;
  return { ratio: has / wanted, objection: { kind: 'memory', has, wanted } };
}

function timeEstimate(rules: ClassRules, instanceClass: InstanceClass, { profile }: Needs, items: number): Estimate {
  const allowedSeconds = promisedSeconds(rules.limits, instanceClass, rules.classes);
  const expectedSeconds = profile === undefined ? 0 : probedSeconds(instanceClass, profile, items);
  const ratio = allowedSeconds / ((1 + timeMargin) * expectedSeconds);
  return { ratio, objection: { kind: 'time', allowedSeconds, expectedSeconds } };
}

/** The classes that have enough, or else those that have the most; a difference below 1e-9 is rounding. */
function mostSufficient(classes: InstanceClass[], ratioOf: (instanceClass: InstanceClass) => number): InstanceClass[] {
  const most = Math.max(...classes.map(ratioOf));
  const least = most >= 1 ? 1 : most * (1 - 1e-9);
  return classes.filter((instanceClass) => ratioOf(instanceClass) >= least);
}
