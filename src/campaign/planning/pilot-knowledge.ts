import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import type { SimulatedEnding, SimulatedSubmission } from '../simulation/population.ts';
import type { Reason } from '../model/reasons.ts';
import { containerMemoryMiB } from '../model/run-limits.ts';
import type { Knowledge } from './knowledge.ts';
import { isSuccessful, informativeRuns, type SuccessfulRun } from './pilot-fit.ts';
import type { PilotRun } from './pilot-sample.ts';

/**
 * Knowledge about the whole campaign from a pilot's runs; undefined if no run succeeded on any class, so that neither
 * times nor speeds are known. Runs that the platform or an operator ended do not count.
 */
export function pilotKnowledge(
  all: readonly PilotRun[],
  limits: Limits,
  classes: readonly InstanceClass[],
): Extract<Knowledge, { kind: 'pilot' }> | undefined {
  const runs = informativeRuns(all, classes);
  if (!runs.some(isSuccessful)) return undefined;
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
    missing: classes.flatMap(({ name }) => (runs.some((run) => run.class === name && isSuccessful(run)) ? [] : [name])),
  };
}

/** Median of the whole seconds billed beyond the container's time, which is rounded up. */
function startUpIn(runs: readonly PilotRun[]): number {
  const beyond = runs.flatMap(({ seconds, billedSeconds }) =>
    seconds === null ? [] : [billedSeconds - Math.ceil(seconds)],
  );
  return Math.max(0, Math.round(median(beyond)));
}

/**
 * Relative speeds, measured by submissions that succeeded both on the class and on the one with the most successes. For a
 * class without a GPU, only submissions that use none count. Without such submissions, the speed in the file.
 */
function speedsOf(runs: readonly PilotRun[], classes: readonly InstanceClass[]): Record<string, number> {
  const successful = runs.filter(isSuccessful);
  const on = (name: string): SuccessfulRun[] => successful.filter((run) => run.class === name);
  const withGpu = classes.filter(({ kind }) => kind === 'gpu');
  const [base] = [...(withGpu.length > 0 ? withGpu : classes)].sort((a, b) => on(b.name).length - on(a.name).length);
  return Object.fromEntries(
    classes.map(({ name, kind, relativeSpeed }) => {
      const ratios = on(name).flatMap((run) => {
        const there = on(base?.name ?? '').find(({ submission }) => submission === run.submission);
        const isComparable = there && (kind === 'gpu' || (there.devicePeakMiB ?? 0) === 0);
        return isComparable ? [there.seconds / Math.max(run.seconds, 0.001)] : [];
      });
      const speed = ratios.length === 0 || base === undefined ? relativeSpeed : base.relativeSpeed * median(ratios);
      return [name, speed];
    }),
  );
}

interface MeasuredClasses {
  ran: readonly InstanceClass[];
  speeds: Record<string, number>;
  limits: Limits;
}

function needsOf(runs: readonly PilotRun[], { ran, speeds, limits }: MeasuredClasses): SimulatedSubmission {
  const classOf = new Map(ran.map((row) => [row.name, row]));
  const onGpu = runs.filter(({ class: name }) => classOf.get(name)?.kind === 'gpu');
  const elsewhere = runs.filter((run) => !onGpu.includes(run));
  const perItem = (some: readonly PilotRun[]): number | undefined => {
    const successful = some.filter(isSuccessful);
    const relevant = successful.length > 0 ? successful : some;
    if (relevant.length === 0) return undefined;
    const secondsOf = (run: PilotRun): number => (isSuccessful(run) ? run.seconds : failedSeconds(run));
    return median(relevant.map((run) => (secondsOf(run) * (speeds[run.class] ?? 1)) / run.items));
  };
  const usesGpu = onGpu.some(({ devicePeakMiB }) => (devicePeakMiB ?? 0) > 0);
  const secondsPerItem = perItem(onGpu) ?? perItem(elsewhere) ?? 0;
  return {
    usesGpu,
    gpuMemoryMiB: usesGpu ? deviceNeed(onGpu, classOf) : 0,
    hostMemoryMiB: hostNeed(runs, classOf, limits),
    startUpSeconds: 0,
    secondsPerItem,
    cpuSecondsPerItem: usesGpu ? (perItem(elsewhere) ?? secondsPerItem) : secondsPerItem,
    spread: 0,
    end: endingOf(runs),
    endOn: endingsByClass(runs),
  };
}

/** A failure may happen at any moment, on average halfway through the run. */
const failedSeconds = ({ seconds, billedSeconds, reason }: PilotRun): number =>
  (seconds ?? billedSeconds) * (reason === 'time-limit' ? 1.05 : 2);

/** More than every container that it filled, unless it succeeded in one of that size. */
function hostNeed(runs: readonly PilotRun[], classes: ReadonlyMap<string, InstanceClass>, limits: Limits): number {
  const containers = (some: readonly PilotRun[]): number[] =>
    some.flatMap((run) => classes.get(run.class) ?? []).map((on) => containerMemoryMiB(limits, on));
  const tooLittle = Math.max(0, ...containers(runs.filter(({ reason }) => reason === 'host-out-of-memory')));
  const isEnough = containers(runs.filter(isSuccessful)).some((memory) => memory <= tooLittle);
  return tooLittle === 0 || isEnough ? 0 : tooLittle + 1;
}

/** More than every GPU that it filled, and at least the smallest peak of its successful runs. */
function deviceNeed(runs: readonly PilotRun[], classes: ReadonlyMap<string, InstanceClass>): number {
  const filled = runs
    .filter(({ reason }) => reason === 'gpu-out-of-memory')
    .map((run) => (classes.get(run.class)?.gpuMemoryMiB ?? 0) + 1);
  // A framework may occupy a whole GPU whatever it needs, so the smallest peak counts.
  const peaks = runs.filter(isSuccessful).map(({ devicePeakMiB }) => devicePeakMiB ?? 0);
  return Math.max(2, ...filled, ...(peaks.length > 0 ? [Math.min(...peaks)] : []));
}

function endingOf(runs: readonly PilotRun[]): SimulatedEnding {
  if (runs.some(isSuccessful)) return 'predictions';
  const reasons = runs.map(({ reason }) => reason);
  if (reasons.includes('output-invalid')) return 'faulty-predictions';
  if (reasons.includes('output-missing')) return 'no-output';
  // Runs with these reasons fail in the simulation because of their needs.
  const byNeeds: (Reason | null)[] = ['gpu-out-of-memory', 'host-out-of-memory', 'time-limit'];
  return reasons.every((reason) => byNeeds.includes(reason)) ? 'predictions' : 'error';
}

/** Endings on the classes where no run succeeded, such as work for a GPU on a class without one. */
function endingsByClass(runs: readonly PilotRun[]): Record<string, SimulatedEnding> {
  const failed = runs.filter((run) => !runs.some((other) => other.class === run.class && isSuccessful(other)));
  return Object.fromEntries(failed.map((run) => [run.class, endingOf([run])]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
