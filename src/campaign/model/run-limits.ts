import type { InstanceClass, Limits } from './frozen-campaign.ts';
import type { RunSpec } from './run-spec.ts';

/** Memory reserved for the machine's agent and system, in MiB. */
export const systemMemoryMiB = 512;

/** Batch ends a job that hangs outside the container this long after its wall-clock limit. */
export const batchGraceSeconds = 3600;

/**
 * The promised wall clock converted to a class, in seconds: the class's own, or the time for the same work as on
 * `wallClockOn`, by the ratio of speeds within one kind.
 */
export function promisedSeconds(
  limits: Limits,
  instanceClass: InstanceClass,
  classes: readonly InstanceClass[],
): number {
  if (instanceClass.wallClockSeconds !== undefined) return instanceClass.wallClockSeconds;
  const promised = classes.find((candidate) => candidate.name === limits.wallClockOn);
  return (
    limits.wallClockSeconds *
    (promised?.kind === instanceClass.kind ? promised.relativeSpeed / instanceClass.relativeSpeed : 1)
  );
}

/** The wall-clock limit on a class, in whole seconds: the promised time, but never less than the campaign file states. */
export const wallClockSeconds = (
  limits: Limits,
  instanceClass: InstanceClass,
  classes: readonly InstanceClass[],
): number =>
  Math.ceil(
    instanceClass.wallClockSeconds ??
      Math.max(limits.wallClockSeconds, promisedSeconds(limits, instanceClass, classes)),
  );

/** Memory limit of a container on a class, in MiB: at most the promise, and never the system's reserve. */
export const containerMemoryMiB = (limits: Limits, instanceClass: InstanceClass): number =>
  Math.min(limits.memoryMiB, instanceClass.memoryMiB - systemMemoryMiB);

/** Longest billed time of a run on a class, in seconds: until Batch's time-out. */
export const longestRunSeconds = (
  limits: Limits,
  instanceClass: InstanceClass,
  classes: readonly InstanceClass[],
): number => wallClockSeconds(limits, instanceClass, classes) + batchGraceSeconds;

/** The limits of a run's container. `moreSharedMemory`: an earlier run filled what the campaign file allows. */
export function containerLimits(
  limits: Limits,
  instanceClass: InstanceClass,
  classes: readonly InstanceClass[],
  moreSharedMemory: boolean,
): RunSpec['limits'] {
  const { pids, outputBytes, sharedMemoryMiB } = limits;
  const memoryMiB = containerMemoryMiB(limits, instanceClass);
  return {
    wallClockSeconds: wallClockSeconds(limits, instanceClass, classes),
    memoryMiB,
    pids,
    outputBytes,
    sharedMemoryMiB: moreSharedMemory ? memoryMiB : sharedMemoryMiB,
  };
}
