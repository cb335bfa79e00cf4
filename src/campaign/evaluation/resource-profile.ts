import { saturatingShare } from './gpu-memory-full.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { itemTimes, type ItemTimes } from '../model/item-times.ts';
import type { DeviceUse, RunOutcome } from '../model/run-outcome.ts';

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
  /** As measured, of several devices the fullest one; null without a device. */
  device: { totalMiB: number; peakMiB: number; driver: string } | null;
  /** Only if it used several devices: their number, and the sum of their peaks in MiB. */
  spread?: { gpus: number; sumMiB: number };
  /** Relative speed of the probe's class. */
  measuredAtSpeed: number;
  hostPeakMiB: number | null;
  imageBytes: number | null;
}

/** The driver alone may cause a rise up to this; a CUDA context takes at least tens of MiB. */
const idleDeviceMiB = 1;

export const usesDevice = ({ peakMiB, idleMiB }: Pick<DeviceUse, 'peakMiB' | 'idleMiB'>): boolean =>
  peakMiB > idleMiB + idleDeviceMiB;

/** Makes a profile from a probe's outcome; undefined unless the container exited with code 0. */
export function profileOf(
  outcome: RunOutcome,
  items: number,
  instanceClass: InstanceClass,
): ResourceProfile | undefined {
  const { end, device } = outcome;
  if (end.kind !== 'exited' || end.exitCode !== 0) return undefined;
  const saturating = device !== null && device.peakMiB >= saturatingShare * device.totalMiB;
  const used = device === null ? [] : (device.all ?? [device]).filter(usesDevice);
  const usesGpu = device === null || used.length > 0;
  const sumMiB = used.reduce((sum, { peakMiB }) => sum + peakMiB, 0);
  return {
    ...itemTimes(outcome, items),
    usesGpu,
    gpuMemoryMiB: saturating || !usesGpu ? 0 : (device?.peakMiB ?? 0),
    saturating,
    device: device && { totalMiB: device.totalMiB, peakMiB: device.peakMiB, driver: device.driver },
    ...(used.length > 1 && { spread: { gpus: used.length, sumMiB } }),
    measuredAtSpeed: instanceClass.relativeSpeed,
    hostPeakMiB: outcome.memory.peakMiB,
    imageBytes: outcome.imageBytes,
  };
}
