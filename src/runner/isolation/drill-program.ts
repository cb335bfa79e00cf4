import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPaths } from '../../campaign/model/layouts.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { countedMs } from './process-counter.ts';
import { bait, type HostileProgram, hostileProgram, reportName } from './program/hostile-program.ts';
import type { Target } from './program/target.ts';

/** What a drill takes from a run: the limits and the class, of which it tries what they promise. */
export type DrilledRun = Pick<RunSpec, 'runKey' | 'instanceClass' | 'limits'>;

const mebibyte = 2 ** 20;
const programName = 'program';
/** Beyond a limit, to see that it binds. */
const [moreMiB, moreProcesses] = [128, 64];

/** Memory that the container's limit allows: pages of an emulated device count as memory. */
export const memoryLimitMiB = ({ limits, instanceClass: { gpu, gpuMemoryMiB } }: DrilledRun): number =>
  limits.memoryMiB + (gpu === 'emulated' ? gpuMemoryMiB : 0);

/** Writes the program for these limits. */
export const programFor = (run: DrilledRun, targets: readonly Target[]): HostileProgram =>
  hostileProgram({
    ...defaultPaths,
    targets,
    memoryMiB: memoryLimitMiB(run) + moreMiB,
    processes: run.limits.pids + moreProcesses,
    // The file system is somewhat larger than it promises.
    outputMiB: Math.ceil((1.1 * run.limits.outputBytes) / mebibyte) + 64,
    holdMs: countedMs,
  });

/** The spec of the drill: that of a run whose predictions are the report. */
export const drillSpec = (run: DrilledRun, { reportBytes }: HostileProgram): RunSpec => ({
  version: 1,
  runKey: run.runKey,
  purpose: 'evaluation',
  image: { reference: '', digest: '' },
  inputs: { files: { bucket: '', prefix: '' }, indexKey: '', digest: '', items: 0, bytes: 0 },
  instanceClass: run.instanceClass,
  limits: run.limits,
  predictions: { file: reportName, maxBytes: reportBytes },
  command: [`${defaultPaths.input}/${programName}`],
});

/** Stages the program as the inputs of its run, with a file that every user may write to. */
export async function stageProgram(folder: string, { executable }: HostileProgram): Promise<void> {
  await mkdir(folder);
  await chmod(folder, 0o777);
  await writeFile(join(folder, programName), executable);
  await chmod(join(folder, programName), 0o755);
  await writeFile(join(folder, bait.input), bait.input);
  await chmod(join(folder, bait.input), 0o666);
}
