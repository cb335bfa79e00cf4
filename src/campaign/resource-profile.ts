import type { InstanceClass } from './frozen-campaign.ts';
import { itemTimes, type ItemTimes } from './item-times.ts';
import type { RunOutcome } from './run-outcome.ts';

/** What a probe taught about a submission. Pure. */
export interface ResourceProfile extends ItemTimes {
  /** False: the device was there and nothing came to what was in use before. */
  usesGpu: boolean;
  /**
   * Device memory it needs, in MiB: the peak. A saturating peak (a framework that takes nearly the whole device whatever it
   * needs) is no need and leaves this 0.
   */
  gpuMemoryMiB: number;
  saturating: boolean;
  /** The device as it was found; null where there was none. */
  device: { totalMiB: number; peakMiB: number; driver: string } | null;
  /** Relative speed of the class the seconds were taken on. */
  measuredAtSpeed: number;
  hostPeakMiB: number | null;
  imageBytes: number | null;
}

/** A device filled to this share was taken, not needed (TensorFlow's default). */
export const saturatingShare = 0.95;

/** A rise below this is what a driver does on its own; a CUDA context takes at least tens of MiB. */
const idleDeviceMiB = 1;

/** Turns a probe's outcome into a profile; undefined when the container never got to its end. */
export function profileOf(outcome: RunOutcome, items: number, on: InstanceClass): ResourceProfile | undefined {
  const { end, device } = outcome;
  if (end.kind !== 'exited' || end.exitCode !== 0) return undefined;
  const saturating = device !== null && device.peakMiB >= saturatingShare * device.totalMiB;
  return {
    ...itemTimes(outcome, items),
    usesGpu: device === null || device.peakMiB > device.idleMiB + idleDeviceMiB,
    gpuMemoryMiB: saturating ? 0 : (device?.peakMiB ?? 0),
    saturating,
    device: device && { totalMiB: device.totalMiB, peakMiB: device.peakMiB, driver: device.driver },
    measuredAtSpeed: on.relativeSpeed,
    hostPeakMiB: outcome.memory.peakMiB,
    imageBytes: outcome.imageBytes,
  };
}
