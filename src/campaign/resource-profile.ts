import type { RunOutcome } from './run-outcome.ts';
import type { InstanceClass } from './frozen-campaign.ts';

/** What a probe taught about a submission. Pure. */
export interface ResourceProfile {
  /** False: the device was there and stayed empty. */
  usesGpu: boolean;
  /**
   * Peak use of device memory in MiB. A saturating peak (a framework that takes nearly the whole device whatever it
   * needs) is no need and leaves this 0.
   */
  gpuMemoryMiB: number;
  saturating: boolean;
  secondsPerItem: number;
  /** Relative speed of the class the seconds were taken on. */
  measuredAtSpeed: number;
  hostPeakMiB: number | null;
}

/** A device filled to this share was taken, not needed (TensorFlow's default). */
const saturatingShare = 0.95;

/** Use below this is what a driver keeps for itself. */
const idleDeviceMiB = 1;

/** Turns a probe's outcome into a profile; undefined when the container never got to its end. */
export function profileOf(outcome: RunOutcome, items: number, on: InstanceClass): ResourceProfile | undefined {
  if (outcome.end.kind !== 'exited' || outcome.end.exitCode !== 0) return undefined;
  const peak = outcome.device?.peakMiB ?? 0;
  const saturating = outcome.device !== null && peak >= saturatingShare * outcome.device.totalMiB;
  return {
    usesGpu: outcome.device === null || peak > idleDeviceMiB,
    gpuMemoryMiB: saturating ? 0 : peak,
    saturating,
    secondsPerItem: outcome.seconds / items,
    measuredAtSpeed: on.relativeSpeed,
    hostPeakMiB: outcome.memory.peakMiB,
  };
}
