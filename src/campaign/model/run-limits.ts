import { costMicroUsd } from './money.ts';
import type { InstanceClass, Limits } from './frozen-campaign.ts';

/** What the machine's agent and system keep for themselves, in MiB. */
export const systemMemoryMiB = 512;

/** A job that hangs outside the container is ended by Batch this long after the promised wall clock. */
export const batchGraceSeconds = 3600;

/**
 * What the promised wall clock is worth on a class, in seconds: as much work as in the promised time on `wallClockOn`, by the
 * ratio of speeds within its kind; or the class's own where it states one.
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

/** The wall clock on a class, in whole seconds: what is promised, and on a faster class no less than the file says. */
export const wallClockSeconds = (
  limits: Limits,
  instanceClass: InstanceClass,
  classes: readonly InstanceClass[],
): number =>
  Math.ceil(
    instanceClass.wallClockSeconds ??
      Math.max(limits.wallClockSeconds, promisedSeconds(limits, instanceClass, classes)),
  );

/** What a container gets on a class, in MiB: never more than promised, never what the machine needs for itself. */
export const containerMemoryMiB = (limits: Limits, instanceClass: InstanceClass): number =>
  Math.min(limits.memoryMiB, instanceClass.memoryMiB - systemMemoryMiB);

/** The most a run on this class can cost, in micro-dollars: to Batch's own time-out. */
export const worstCostMicroUsd = (
  limits: Limits,
  instanceClass: InstanceClass,
  classes: readonly InstanceClass[],
): number =>
  costMicroUsd(wallClockSeconds(limits, instanceClass, classes) + batchGraceSeconds, instanceClass.microUsdPerHour);
