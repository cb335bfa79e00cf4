import { defaultPaths } from '../../campaign/model/layouts.ts';
import { mostTerminals } from '../sandbox/mounts.ts';
import type { DrilledRun } from './confined-program.ts';
import { countedMs } from './process-counter.ts';
import { type AttackPlan, type HostileProgram, hostileProgram } from './program/hostile-program.ts';
import type { Target } from './program/target.ts';

const mebibyte = 2 ** 20;
/** Beyond a limit, to see that it binds. */
const [moreMiB, moreProcesses, moreTerminals] = [128, 64, 8];

/** Memory that the container's limit allows: pages of an emulated device count as memory. */
export const memoryLimitMiB = ({ limits, instanceClass: { gpu, gpuMemoryMiB } }: DrilledRun): number =>
  limits.memoryMiB + (gpu === 'emulated' ? gpuMemoryMiB : 0);

/** Writes the hostile program for the limits of a run. */
export const programFor = (
  run: DrilledRun,
  targets: readonly Target[],
  exhausts: AttackPlan['exhausts'] = ['memory', 'processes'],
): HostileProgram =>
  hostileProgram({
    ...defaultPaths,
    targets,
    exhausts,
    memoryMiB: memoryLimitMiB(run) + moreMiB,
    processes: run.limits.pids + moreProcesses,
    terminals: mostTerminals + moreTerminals,
    // The file system is somewhat larger than it promises.
    outputMiB: Math.ceil((1.1 * run.limits.outputBytes) / mebibyte) + 64,
    holdMs: countedMs,
  });
