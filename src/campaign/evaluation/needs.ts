import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { ResourceProfile } from './resource-profile.ts';

/** What is known about a submission's needs when its next evaluation is to be placed. Pure. */
export interface Needs {
  profile?: ResourceProfile;
  /** Device memory that proved too small for an evaluation, in MiB: only larger devices will do. */
  gpuMemoryAboveMiB: number;
  /** Container memory that proved too small for an evaluation, in MiB: only classes that give more will do. */
  memoryAboveMiB: number;
  /** A run said that its shared memory was full: from now on as much as its memory, of which it is a part. */
  moreSharedMemory: boolean;
  /** What proved too small for the probe, in MiB: it was only a sample, so larger classes come first and no more. */
  probeAbove: { gpuMemoryMiB: number; memoryMiB: number };
}

export const unknownNeeds: Needs = {
  gpuMemoryAboveMiB: 0,
  memoryAboveMiB: 0,
  moreSharedMemory: false,
  probeAbove: { gpuMemoryMiB: 0, memoryMiB: 0 },
};

/** The probe measured how much device memory it takes, and no evaluation took more since. */
export const isNeedMeasured = ({ profile, gpuMemoryAboveMiB }: Needs): boolean =>
  profile !== undefined && !profile.saturating && gpuMemoryAboveMiB === 0;

/**
 * What a probe lets expect of a run over so many items on a class, in seconds. The start-up is counted once and takes as
 * long on every class; the items follow the classes' relative speed.
 */
export const probedSeconds = (instanceClass: InstanceClass, profile: ResourceProfile, items: number): number =>
  (profile.startUpSeconds ?? 0) +
  (profile.secondsPerItem * items * profile.measuredAtSpeed) / instanceClass.relativeSpeed;
