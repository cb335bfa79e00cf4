import type { InstanceClass } from '../model/frozen-campaign.ts';
import type { ResourceProfile } from './resource-profile.ts';

/** The known needs of a submission, for the choice of its next class. */
export interface Needs {
  profile?: ResourceProfile;
  /** Largest GPU memory that proved too small for an evaluation, in MiB; only larger devices qualify. */
  gpuMemoryAboveMiB: number;
  /** Largest container memory that proved too small for an evaluation, in MiB; only larger ones qualify. */
  memoryAboveMiB: number;
  /** A run reported full shared memory; later runs may use their whole memory as shared memory. */
  moreSharedMemory: boolean;
  /** Sizes that proved too small for the probe, in MiB. A sample proves little, so larger classes are only preferred. */
  probeAbove: { gpuMemoryMiB: number; memoryMiB: number };
}

/** The needs of a submission before its first run. */
export const unknownNeeds: Needs = {
  gpuMemoryAboveMiB: 0,
  memoryAboveMiB: 0,
  moreSharedMemory: false,
  probeAbove: { gpuMemoryMiB: 0, memoryMiB: 0 },
};

/** The probe measured the need for GPU memory, and no evaluation needed more since. */
export const isNeedMeasured = ({ profile, gpuMemoryAboveMiB }: Needs): boolean =>
  profile !== undefined && !profile.saturating && gpuMemoryAboveMiB === 0;

/**
 * The duration that a probe predicts for a number of items on a class, in seconds. Start-up takes the same time on every
 * class; the time of the items follows the classes' relative speed.
 */
export const probedSeconds = (instanceClass: InstanceClass, profile: ResourceProfile, items: number): number =>
  (profile.startUpSeconds ?? 0) +
  (profile.secondsPerItem * items * profile.measuredAtSpeed) / instanceClass.relativeSpeed;
