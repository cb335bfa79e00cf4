import type { InstanceClass } from '../model/frozen-campaign.ts';
import { itemTimes, type ItemTimes } from '../model/item-times.ts';
import type { RunOutcome } from '../model/run-outcome.ts';

/** A probe's measurements of a submission. */
export interface ResourceProfile extends ItemTimes {
  /** False: there was a device, and its use did not rise. */
  usesGpu: boolean;
  /**
   * GPU memory that it needs, in MiB: the peak. 0 without use, or if the peak saturates, since some frameworks allocate nearly
   * the whole device whatever they need.
   */
  gpuMemoryMiB: number;
  saturating: boolean;
  /** As measured; null without a device. */
  device: { totalMiB: number; peakMiB: number; driver: string } | null;
  /** Relative speed of the probe's class. */
  measuredAtSpeed: number;
  hostPeakMiB: number | null;
  imageBytes: number | null;
}

/** From this share on, a peak shows an allocation of the whole device, not a need (TensorFlow's default). */
export const saturatingShare = 0.95;

/** The driver alone may cause a rise up to this; a CUDA context takes at least tens of MiB. */
const idleDeviceMiB = 1;

export const usesDevice = ({ peakMiB, idleMiB }: Device): boolean => peakMiB > idleMiB + idleDeviceMiB;
type Device = NonNullable<RunOutcome['device']>;

/** Makes a profile from a probe's outcome; undefined unless the container exited with code 0. */
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
