import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import { probedSeconds, type Needs } from './needs.ts';
import { containerMemoryMiB, promisedSeconds } from '../model/run-limits.ts';

export interface ClassRules {
  classes: readonly InstanceClass[];
  limits: Limits;
}

/** Whether a class is an option for an evaluation. `doubted`: an estimate speaks against it, but less than against others. */
export interface ClassFit {
  instanceClass: InstanceClass;
  kind: 'fits' | 'doubted' | 'unfit';
  /** Empty when it fits. */
  objections: Objection[];
}

/** What speaks against a class: facts (`proved-…`, `gpu-…`), then estimates. Memory in MiB. */
export type Objection =
  | { kind: 'proved-memory'; has: number; tooLittle: number }
  | { kind: 'proved-device'; has: number; tooLittle: number }
  | { kind: 'gpu-used' }
  | { kind: 'gpu-use-unknown' }
  | { kind: 'device'; has: number; wanted: number }
  | { kind: 'memory'; has: number; wanted: number }
  | { kind: 'time'; allowedSeconds: number; expectedSeconds: number };

/**
 * A device must have so much more than the probe's peak: a sample shows less than the whole test set does, because caching
 * allocators go on to fragment. In public reports of PyTorch with a full device that is 1 to 7 % of what was allocated, 2 %
 * in the median (docs/adr/0006). More head-room costs more than it saves: where the next class costs 2.7 times as much
 * ({@link breakEvenSuccess}), passing the cheap one over pays only when most such runs fail there. A peak that does not
 * saturate (below 95 %) never speaks against the device it was seen on.
 */
export const deviceHeadroom = 0.05;

/**
 * The promised time must be so much longer than the probe lets expect: the mean over 25 sample items whose times scatter as
 * much as they last (as exponential ones do) is off by 20 %, one standard error. Running out of time is final for the team,
 * but for chance (see `moveAfter`). A class faster than `wallClockOn` counts with what is promised to all: nobody gets a
 * dearer class to be given more time.
 */
export const timeMargin = 0.2;

/**
 * What speaks for and against each class. Facts rule a class out. An estimate does so only while another class is
 * better: never is a submission left without a class because of an estimate. A probe's peak of host memory is none: it
 * includes the page cache. Pure.
 */
export function fitsOf(rules: ClassRules, needs: Needs, items: number): ClassFit[] {
  const facts = new Map(
    rules.classes.map((instanceClass) => [instanceClass, provedAgainst(rules, instanceClass, needs)]),
  );
  const possible = rules.classes.filter((instanceClass) => facts.get(instanceClass) === undefined);
  const estimates = [deviceRoom, memoryRoom, timeRoom];
  const chosen = estimates.reduce(
    (left, roomOf) => withMostRoom(left, (instanceClass) => roomOf(rules, instanceClass, needs, items).room),
    possible,
  );
  return rules.classes.map((instanceClass) => {
    const proved = facts.get(instanceClass);
    if (proved) return { instanceClass, kind: 'unfit', objections: [proved] };
    const objections = estimates.flatMap((roomOf) => {
      const { room, objection } = roomOf(rules, instanceClass, needs, items);
      return room < 1 ? [objection] : [];
    });
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
  // A CPU class takes a submission if there is no other kind, or if the probe saw the device stay empty and no run filled one.
  if (rules.classes.every(({ kind }) => kind === 'cpu')) return undefined;
  if (gpuMemoryAboveMiB > 0 || profile?.usesGpu) return { kind: 'gpu-used' };
  return profile === undefined ? { kind: 'gpu-use-unknown' } : undefined;
}

/** How many times a class has what it should have, and what to say when that is less than once. */
interface Room {
  room: number;
  objection: Objection;
}

function deviceRoom(_: ClassRules, instanceClass: InstanceClass, { profile, probeAbove }: Needs): Room {
  const peak = Math.ceil((profile?.gpuMemoryMiB ?? 0) * (1 + deviceHeadroom));
  const wanted = Math.max(peak, probeAbove.gpuMemoryMiB > 0 ? probeAbove.gpuMemoryMiB + 1 : 0);
  const has = instanceClass.gpuMemoryMiB ?? 0;
  return { room: wanted === 0 ? Infinity : has / wanted, objection: { kind: 'device', has, wanted } };
}

function memoryRoom({ limits }: ClassRules, instanceClass: InstanceClass, { probeAbove }: Needs): Room {
  const has = containerMemoryMiB(limits, instanceClass);
  const wanted = probeAbove.memoryMiB + 1;
  return { room: has / wanted, objection: { kind: 'memory', has, wanted } };
}

function timeRoom(
  { limits, classes }: ClassRules,
  instanceClass: InstanceClass,
  { profile }: Needs,
  items: number,
): Room {
  const allowedSeconds = promisedSeconds(limits, instanceClass, classes);
  const expectedSeconds = profile === undefined ? 0 : probedSeconds(instanceClass, profile, items);
  const room = allowedSeconds / ((1 + timeMargin) * expectedSeconds);
  return { room, objection: { kind: 'time', allowedSeconds, expectedSeconds } };
}

/** Less is the rounding of numbers. */
const sameRoom = 1 - 1e-9;

/** Those with enough room, or else those with the most. */
function withMostRoom(classes: InstanceClass[], roomOf: (instanceClass: InstanceClass) => number): InstanceClass[] {
  const enough = classes.filter((instanceClass) => roomOf(instanceClass) >= 1);
  if (enough.length > 0) return enough;
  const most = Math.max(...classes.map(roomOf));
  return classes.filter((instanceClass) => roomOf(instanceClass) >= most * sameRoom);
}
