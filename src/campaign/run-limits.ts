import { costMicroUsd } from './money.ts';
import type { InstanceClass, Limits } from './frozen-campaign.ts';

/** What the machine's agent and system keep for themselves, in MiB. */
export const systemMemoryMiB = 512;

/** A job that hangs outside the container is ended by Batch this long after the promised wall clock. */
export const batchGraceSeconds = 3600;

/**
 * The promised wall clock on a class, in seconds: the promise holds on `wallClockOn`, is longer by the ratio of speeds on
 * a slower class of the same kind, and is the class's own where it states one.
 */
export function wallClockSeconds(limits: Limits, on: InstanceClass, classes: readonly InstanceClass[]): number {
  if (on.wallClockSeconds !== undefined) return on.wallClockSeconds;
  const promised = classes.find((candidate) => candidate.name === limits.wallClockOn);
  const slower = promised?.kind === on.kind ? promised.relativeSpeed / on.relativeSpeed : 1;
  return Math.ceil(limits.wallClockSeconds * Math.max(1, slower));
}

/** What a container gets on a class, in MiB: never more than promised, never what the machine needs for itself. */
export const containerMemoryMiB = (limits: Limits, on: InstanceClass): number =>
  Math.min(limits.memoryMiB, on.memoryMiB - systemMemoryMiB);

/** The most a run on this class can cost, in micro-dollars: to Batch's own time-out. */
export const worstCostMicroUsd = (limits: Limits, on: InstanceClass, classes: readonly InstanceClass[]): number =>
  costMicroUsd(wallClockSeconds(limits, on, classes) + batchGraceSeconds, on.microUsdPerHour);
