import type { InstanceClass } from '../model/frozen-campaign.ts';
import { itemTimes, type ItemTimes } from '../model/item-times.ts';
import type { RunOutcome } from '../model/run-outcome.ts';

/** What a probe taught about a submission. Pure. */
export interface ResourceProfile extends ItemTimes {
  /** False: the device was there and nothing came to what was in use before. */
  usesGpu: boolean;
  /**
   * Device memory it needs, in MiB: the peak. A saturating peak (a framework that takes nearly the whole device whatever it
   * needs) is no need and leaves this 0, and so does what was in use before.
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

/** Whether a run took memory of the device for itself. */
export const usesDevice = ({ peakMiB, idleMiB }: Device): boolean => peakMiB > idleMiB + idleDeviceMiB;
type Device = NonNullable<RunOutcome['device']>;

/** Turns a probe's outcome into a profile; undefined when the container never got to its end. */
export function profileOf(
  outcome: RunOutcome,
  items: number,
  instanceClass: InstanceClass,
): ResourceProfile | undefined {
  const { end, device } = outcome;
  if (end.kind !== 'exited' || end.exitCode !== 0) return undefined;
  const saturating = device !== null && device.peakMiB >= saturatingShare * device.totalMiB;
  const usesGpu = device === null || usesDevice(device);
  return {
    ...itemTimes(outcome, items),
    usesGpu,
    gpuMemoryMiB: saturating || !usesGpu ? 0 : (device?.peakMiB ?? 0),
    saturating,
    device: device && { totalMiB: device.totalMiB, peakMiB: device.peakMiB, driver: device.driver },
    measuredAtSpeed: instanceClass.relativeSpeed,
    hostPeakMiB: outcome.memory.peakMiB,
    imageBytes: outcome.imageBytes,
  };
}
