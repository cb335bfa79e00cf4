import type { ControlCheck } from '../../campaign/model/canaries/canary.ts';
import { defaultPaths } from '../../campaign/model/layouts.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { processorsOf } from '../sandbox/container-flags.ts';
import { runPathsOf } from '../sandbox/run-paths.ts';
import { type ConfinedRun, type DrilledRun, runConfined } from './confined-program.ts';
import { memoryLimitMiB, programFor } from './drill-program.ts';
import type { DrillEvidence, Expected, Outside } from './drill-findings.ts';
import { judgeGvisor } from './control-checks/gvisor.ts';
import { judgeControls } from './control-checks/judge-controls.ts';
import { asFilled, withFillableOutput } from './largest-output.ts';
import type { AttackPlan } from './program/hostile-program.ts';
import { startListeners } from './listeners.ts';

export interface Drill {
  settings: RunnerSettings;
  run: DrilledRun;
  stop: AbortSignal;
}

/**
 * Runs Holdout's hostile program exactly as a submission is run, and judges each control by its report and by what was seen
 * from outside. Under gVisor a limit ends the whole container, so each gets one of its own. An output that is too large to be
 * filled is tried with a smaller one. Leaves nothing on the host. Rejects with the abort reason if it is stopped.
 */
export const drill = async (request: Drill): Promise<ControlCheck[]> =>
  asFilled(await checksOf({ ...request, run: withFillableOutput(request.run) }), request.run);

async function checksOf(request: Drill): Promise<ControlCheck[]> {
  const all = ['memory', 'processes'] as const;
  if (request.run.instanceClass.isolation !== 'gvisor') return judgeControls(await evidenceOf(request, all));
  return judgeGvisor({
    calm: await evidenceOf(request, []),
    memory: await evidenceOf(request, ['memory']),
    processes: await evidenceOf(request, ['processes']),
  });
}

/** One container with the hostile program. */
async function evidenceOf({ settings, run, stop }: Drill, exhausts: AttackPlan['exhausts']): Promise<DrillEvidence> {
  const listeners = await startListeners(runPathsOf(settings).container);
  try {
    const program = programFor(run, listeners.targets, exhausts);
    const confined = await runConfined({ ...program, settings, run, stop });
    return {
      findings: confined.report && program.read(confined.report),
      outside: outsideOf(confined, listeners.reached()),
      expected: expectedOf(confined, run),
    };
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
  processors: processorsOf(run.instanceClass),
  outputBytes: run.limits.outputBytes,
  variables: deviceVariables[run.instanceClass.gpu],
});
