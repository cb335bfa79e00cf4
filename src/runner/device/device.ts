import type { RunOutcome } from '../../campaign/model/run-outcome.ts';

/** The GPU of a run: how the container gets it, and its usage, measured from outside. */
export interface Device {
  createFlags: string[];
  environment: Record<string, string>;
  /** Pages of an emulated device count as memory of the container that wrote them. */
  extraMemoryMiB: number;
  /** Measures a last time, after the container has ended. Throws DEVICE_UNWATCHED if a peak may have been missed. */
  stop(): Promise<RunOutcome['device']>;
  close(): void;
}
