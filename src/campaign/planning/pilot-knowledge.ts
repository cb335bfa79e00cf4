import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import type { SimulatedEnding, SimulatedSubmission } from '../simulation/population.ts';
import type { Reason } from '../model/reasons.ts';
import { containerMemoryMiB } from '../model/run-limits.ts';
import type { Knowledge } from './knowledge.ts';
import { isGood, tellingRuns, type GoodRun } from './pilot-fit.ts';
import type { PilotRun } from './pilot.ts';

/**
 * What a pilot's runs teach about the whole campaign; undefined when nothing came to its end on any class, so that neither
 * times nor speeds are known. Where no team is to blame for its end, a submission is not measured. Pure.
 */
export function pilotKnowledge(
  all: readonly PilotRun[],
  limits: Limits,
  classes: readonly InstanceClass[],
): Extract<Knowledge, { kind: 'pilot' }> | undefined {
  const runs = tellingRuns(all, classes);
  if (!runs.some(isGood)) return undefined;
  const ran = classes.filter(({ name }) => runs.some((run) => run.class === name));
  const speeds = speedsOf(runs, ran);
  const submissions = [...new Set(runs.map(({ submission }) => submission))];
  const needs = (submission: string): SimulatedSubmission =>
    needsOf(
      runs.filter((run) => run.submission === submission),
      { ran, speeds, limits },
    );
  return {
    kind: 'pilot',
    sample: new Map(submissions.map((submission) => [submission, needs(submission)])),
    speeds,
    startUpSeconds: startUpIn(runs),
    missing: classes.flatMap(({ name }) => (runs.some((run) => run.class === name && isGood(run)) ? [] : [name])),
  };
}

/** Whole seconds that runs were billed beside their containers' time, which is rounded up as well. */
const startUpIn = (runs: readonly PilotRun[]): number =>
  Math.max(
    0,
    Math.round(
      median(
        runs.flatMap(({ seconds, billedSeconds }) => (seconds === null ? [] : [billedSeconds - Math.ceil(seconds)])),
      ),
    ),
  );

/**
 * Relative speeds by what ended well on a class and on the one where most did: of a class without a device by what leaves
 * it empty. Where no submission tells, the file's.
 */
function speedsOf(runs: readonly PilotRun[], classes: readonly InstanceClass[]): Record<string, number> {
  const good = runs.filter(isGood);
  const on = (name: string): GoodRun[] => good.filter((run) => run.class === name);
  const devices = classes.filter(({ kind }) => kind === 'gpu');
  const [base] = [...(devices.length > 0 ? devices : classes)].sort((a, b) => on(b.name).length - on(a.name).length);
  return Object.fromEntries(
    classes.map(({ name, kind, relativeSpeed }) => {
      const ratios = on(name).flatMap((run) => {
        const there = on(base?.name ?? '').find(({ submission }) => submission === run.submission);
        const comparable = there && (kind === 'gpu' || (there.devicePeakMiB ?? 0) === 0);
        return comparable ? [there.seconds / Math.max(run.seconds, 0.001)] : [];
      });
      const speed = ratios.length === 0 || base === undefined ? relativeSpeed : base.relativeSpeed * median(ratios);
      return [name, speed];
    }),
  );
}

interface Measuring {
  ran: readonly InstanceClass[];
  speeds: Record<string, number>;
  limits: Limits;
}

function needsOf(runs: readonly PilotRun[], { ran, speeds, limits }: Measuring): SimulatedSubmission {
  const kindOf = new Map(ran.map((row) => [row.name, row]));
  const onDevice = runs.filter(({ class: name }) => kindOf.get(name)?.kind === 'gpu');
  const elsewhere = runs.filter((run) => !onDevice.includes(run));
  const perItem = (some: readonly PilotRun[]): number | undefined => {
    const good = some.filter(isGood);
    const counting = good.length > 0 ? good : some;
    if (counting.length === 0) return undefined;
    const secondsOf = (run: PilotRun): number => (isGood(run) ? run.seconds : failedSeconds(run));
    return median(counting.map((run) => (secondsOf(run) * (speeds[run.class] ?? 1)) / run.items));
  };
  const usesGpu = onDevice.some(({ devicePeakMiB }) => (devicePeakMiB ?? 0) > 0);
  const secondsPerItem = perItem(onDevice) ?? perItem(elsewhere) ?? 0;
  return {
    usesGpu,
    gpuMemoryMiB: usesGpu ? deviceNeed(onDevice, kindOf) : 0,
    hostMemoryMiB: hostNeed(runs, kindOf, limits),
    startUpSeconds: 0,
    secondsPerItem,
    cpuSecondsPerItem: usesGpu ? (perItem(elsewhere) ?? secondsPerItem) : secondsPerItem,
    spread: 0,
    end: habitOf(runs),
    endOn: habitsByClass(runs),
  };
}

/** A run that fails may do so at any moment: on average half of what it would have taken. */
const failedSeconds = ({ seconds, billedSeconds, reason }: PilotRun): number =>
  (seconds ?? billedSeconds) * (reason === 'time-limit' ? 1.05 : 2);

/** More than every container that it filled, unless it ended well in one of that size. */
function hostNeed(runs: readonly PilotRun[], classes: ReadonlyMap<string, InstanceClass>, limits: Limits): number {
  const containers = (some: readonly PilotRun[]): number[] =>
    some.flatMap((run) => classes.get(run.class) ?? []).map((on) => containerMemoryMiB(limits, on));
  const tooLittle = Math.max(0, ...containers(runs.filter(({ reason }) => reason === 'host-out-of-memory')));
  const isEnough = containers(runs.filter(isGood)).some((memory) => memory <= tooLittle);
  return tooLittle === 0 || isEnough ? 0 : tooLittle + 1;
}

/** More than every device that it filled; what the others saw at most. */
function deviceNeed(runs: readonly PilotRun[], classes: ReadonlyMap<string, InstanceClass>): number {
  const filled = runs
    .filter(({ reason }) => reason === 'gpu-out-of-memory')
    .map((run) => (classes.get(run.class)?.gpuMemoryMiB ?? 0) + 1);
  // A framework may take the whole of a larger device whatever it needs: the least that did is enough.
  const peaks = runs.filter(isGood).map(({ devicePeakMiB }) => devicePeakMiB ?? 0);
  return Math.max(2, ...filled, ...(peaks.length > 0 ? [Math.min(...peaks)] : []));
}

function habitOf(runs: readonly PilotRun[]): SimulatedEnding {
  if (runs.some(isGood)) return 'predictions';
  const reasons = runs.map(({ reason }) => reason);
  if (reasons.includes('output-invalid')) return 'faulty-predictions';
  if (reasons.includes('output-missing')) return 'no-output';
  // Memory and time end these by themselves.
  const byNeeds: (Reason | null)[] = ['gpu-out-of-memory', 'host-out-of-memory', 'time-limit'];
  return reasons.every((reason) => byNeeds.includes(reason)) ? 'predictions' : 'error';
}

/** What it did where it did not end well, though it did elsewhere: work for a device may break where there is none. */
function habitsByClass(runs: readonly PilotRun[]): Record<string, SimulatedEnding> {
  const failed = runs.filter((run) => !runs.some((other) => other.class === run.class && isGood(other)));
  return Object.fromEntries(failed.map((run) => [run.class, habitOf([run])]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
