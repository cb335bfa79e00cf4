import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { Reason } from '../model/reasons.ts';
import { isMisstated } from '../evaluation/gpu-memory-mismatch.ts';
import type { ResourceProfile } from '../evaluation/resource-profile.ts';

/** Why a submission has no probe. */
export const noProbeTexts = {
  'no-sample-set': 'none, because the campaign has no sample set. Every class with enough memory is assumed to fit.',
  'useless-on-base':
    'none, because probes of other submissions on this base image filled all GPU memory whatever they needed.',
} as const;

export const failedProbeText = (reason: Reason): string => `ended with ${reason}; nothing was measured.`;

/** Describes a probe's measurements on a class. Contains no text of the submission. */
export function probeText(profile: ResourceProfile, instanceClass: InstanceClass): string {
  const { hostPeakMiB, imageBytes } = profile;
  const parts = [
    deviceText(profile),
    timeText(profile),
    ...(hostPeakMiB === null ? [] : [`${hostPeakMiB} MiB of memory including page cache`]),
    ...(imageBytes === null ? [] : [`image of ${Math.ceil(imageBytes / 2 ** 20)} MiB`]),
  ];
  const remark = deviceRemark(profile, instanceClass);
  return `${parts.join(', ')}.${remark === undefined ? '' : ` ${remark}`}`;
}

function deviceText({ device, usesGpu, saturating }: ResourceProfile): string {
  if (device === null) return 'no GPU to measure';
  const use = `${device.peakMiB} of ${device.totalMiB} MiB of GPU memory (driver ${device.driver})`;
  if (!usesGpu) return `${use}: the GPU was not used`;
  return saturating ? `${use}: whole GPU allocated, so the need is unknown` : use;
}

function timeText({ startUpSeconds, secondsPerItem }: ResourceProfile): string {
  const perItem = `${secondsPerItem.toPrecision(3)} s per item`;
  return startUpSeconds === null
    ? `${perItem} including start-up (not measured separately)`
    : `${startUpSeconds.toPrecision(3)} s of start-up and ${perItem}`;
}

/** Returns how the campaign file misstates the GPU memory of a class, or undefined. */
export function deviceRemark({ device }: ResourceProfile, instanceClass: InstanceClass): string | undefined {
  if (device === null) return undefined;
  const { gpuMemoryMiB } = instanceClass;
  if (gpuMemoryMiB === undefined) {
    return `The campaign file states no gpuMemoryMiB for ${instanceClass.name}, so Holdout cannot predict what fits.`;
  }
  if (!isMisstated(gpuMemoryMiB, device.totalMiB)) return undefined;
  return `The campaign file states ${gpuMemoryMiB} MiB for ${instanceClass.name}, but its GPU has ${device.totalMiB} MiB. Until this is corrected, Holdout cannot predict what fits.`;
}
