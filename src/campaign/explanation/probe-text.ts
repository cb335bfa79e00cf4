import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { ResourceProfile } from '../evaluation/resource-profile.ts';

/** What a probe on this class taught, for people to read. Holds no text of the submission. Pure. */
export function probeText(profile: ResourceProfile, instanceClass: InstanceClass): string {
  const { hostPeakMiB, imageBytes } = profile;
  const parts = [
    deviceWords(profile),
    timeWords(profile),
    ...(hostPeakMiB === null ? [] : [`${hostPeakMiB} MiB of memory with page cache`]),
    ...(imageBytes === null ? [] : [`an image of ${Math.ceil(imageBytes / 2 ** 20)} MiB`]),
  ];
  const remark = deviceRemark(profile, instanceClass);
  return `${parts.join(', ')}.${remark === undefined ? '' : ` ${remark}`}`;
}

function deviceWords({ device, usesGpu, saturating }: ResourceProfile): string {
  if (device === null) return 'no device to look at';
  const use = `${device.peakMiB} of ${device.totalMiB} MiB of the device (driver ${device.driver})`;
  if (!usesGpu) return `${use}: the GPU stayed unused`;
  return saturating ? `${use}: taken whole, so what it needs is unknown` : use;
}

function timeWords({ startUpSeconds, secondsPerItem }: ResourceProfile): string {
  const perItem = `${secondsPerItem.toPrecision(3)} s per item`;
  return startUpSeconds === null
    ? `${perItem} with start-up, which could not be told apart`
    : `${startUpSeconds.toPrecision(3)} s to start and ${perItem}`;
}

/** Drivers report up to 2 % more or less of the same GPU, by whether they count what they reserve: 15109 or 15360 MiB. */
const deviceTolerance = 0.03;

/** What is wrong with what the campaign file says of a class's device; undefined when nothing is. */
export function deviceRemark({ device }: ResourceProfile, instanceClass: InstanceClass): string | undefined {
  if (device === null) return undefined;
  const { gpuMemoryMiB } = instanceClass;
  if (gpuMemoryMiB === undefined) {
    return `The campaign file states no gpuMemoryMiB for ${instanceClass.name}: what fits there cannot be known beforehand.`;
  }
  if (Math.abs(device.totalMiB - gpuMemoryMiB) <= deviceTolerance * gpuMemoryMiB) return undefined;
  return `The campaign file states ${gpuMemoryMiB} MiB for ${instanceClass.name}, its device has ${device.totalMiB}: what fits there is misjudged until one of the two is mended.`;
}
