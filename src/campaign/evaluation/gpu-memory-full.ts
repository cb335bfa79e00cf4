import type { RunOutcome } from '../model/run-outcome.ts';

/** Out-of-memory messages count only if at least this share of the GPU memory was in use. */
const gpuPeakShare = 0.93;

/** Whether the memory of the run's GPU was as good as full at its peak. */
export const isDeviceFull = ({ device }: Pick<RunOutcome, 'device'>): boolean =>
  device !== null && device.peakMiB >= gpuPeakShare * device.totalMiB;
