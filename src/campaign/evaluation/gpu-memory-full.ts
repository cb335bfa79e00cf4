import type { RunOutcome } from '../model/run-outcome.ts';

/** Out-of-memory messages count only if at least this share of the GPU memory was in use. */
const gpuPeakShare = 0.93;

/** From this share on, a peak shows an allocation of the whole device, not a need (TensorFlow's default). */
export const saturatingShare = 0.95;

/** Whether the memory of the run's GPU was as good as full at its peak. */
export const isDeviceFull = ({ device }: Pick<RunOutcome, 'device'>): boolean =>
  device !== null && device.peakMiB >= gpuPeakShare * device.totalMiB;
