import type { Isolation } from '../../campaign/model/classes/instance-class-kinds.ts';
import type { DrilledRun } from './confined-program.ts';

/** The smallest limits that show whether a host enforces them. The kernel of gVisor itself needs some of them. */
export const drillLimits = (isolation?: Isolation): DrilledRun['limits'] => ({
  wallClockSeconds: 30,
  ...(isolation === undefined ? { memoryMiB: 64, pids: 64 } : { memoryMiB: 256, pids: 300 }),
  outputBytes: 4 * 2 ** 20,
  sharedMemoryMiB: 16,
});
