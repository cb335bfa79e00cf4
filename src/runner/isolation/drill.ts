import type { ControlCheck } from '../../campaign/model/canary.ts';
import { defaultPaths } from '../../campaign/model/layouts.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { runPathsOf } from '../sandbox/run-paths.ts';
import { type ConfinedRun, type DrilledRun, runConfined } from './confined-program.ts';
import { memoryLimitMiB, programFor } from './drill-program.ts';
import type { Expected, Outside } from './evidence.ts';
import { judge } from './judge/judge.ts';
import { listen } from './listeners.ts';

export interface Drill {
  settings: RunnerSettings;
  run: DrilledRun;
  stop: AbortSignal;
}

/**
 * Runs Holdout's hostile program exactly as a submission is run, and judges each control by its report and by what was seen
 * from outside. Leaves nothing on the host. Rejects with the abort reason if it is stopped.
 */
export async function drill({ settings, run, stop }: Drill): Promise<ControlCheck[]> {
  const listeners = await listen(runPathsOf(settings).container);
  try {
    const program = programFor(run, listeners.targets);
    const confined = await runConfined({ ...program, settings, run, stop });
    return judge({
      findings: confined.report && program.read(confined.report),
      outside: outsideOf(confined, listeners.reached()),
      expected: expectedOf(confined, run),
    });
  } finally {
    listeners.close();
  }
}

const outsideOf = ({ sandbox, ...seen }: ConfinedRun, reached: readonly string[]): Outside => ({
  end: sandbox.run.end,
  reached,
  outOfMemory: sandbox.memory.outOfMemory,
  peakMiB: sandbox.memory.peakMiB,
  output: sandbox.output,
  owner: seen.owner,
  processes: seen.processes,
  inputsChanged: seen.inputsChanged,
});

const deviceVariables: Record<DrilledRun['instanceClass']['gpu'], string[]> = {
  none: [],
  emulated: ['HOLDOUT_GPU_DEVICE'],
  nvidia: ['NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES'],
};

const expectedOf = ({ user }: ConfinedRun, run: DrilledRun): Expected => ({
  ...defaultPaths,
  user,
  memoryMiB: memoryLimitMiB(run),
  sharedMemoryMiB: run.limits.sharedMemoryMiB,
  temporaryMiB: Math.ceil(run.limits.memoryMiB / 2),
  processes: run.limits.pids,
  outputBytes: run.limits.outputBytes,
  variables: deviceVariables[run.instanceClass.gpu],
});
