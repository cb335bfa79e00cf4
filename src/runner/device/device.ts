import type { RunOutcome } from '../../campaign/model/run-outcome.ts';

/** The accelerator of a run: what the container gets of it, and what it used, measured from outside. */
export interface Device {
  createFlags: string[];
  environment: Record<string, string>;
  /** Pages of an emulated device count as memory of the container that wrote them. */
  extraMemoryMiB: number;
  /** A last look, once the container has ended; throws DEVICE_UNWATCHED when a peak may have been missed. */
  stop(): Promise<RunOutcome['device']>;
  close(): void;
}
