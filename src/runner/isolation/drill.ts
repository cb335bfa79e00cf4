import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlCheck } from '../../campaign/model/canary.ts';
import { defaultPaths } from '../../campaign/model/layouts.ts';
import { HeadAndTail } from '../measure/head-and-tail.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { RunCgroup } from '../sandbox/cgroup.ts';
import { ContainerEngine } from '../sandbox/engine.ts';
import { releaseHost } from '../sandbox/release.ts';
import { type RunPaths, runPathsOf } from '../sandbox/run-paths.ts';
import { runInSandbox, type SandboxReport } from '../sandbox/sandbox.ts';
import { copyPredictions } from '../stage/predictions.ts';
import { importDrillImage } from './drill-image.ts';
import { type DrilledRun, drillSpec, memoryLimitMiB, programFor, stageProgram } from './drill-program.ts';
import type { Expected, Outside } from './evidence.ts';
import { judge } from './judge/judge.ts';
import { listen } from './listeners.ts';
import { ProcessCounter } from './process-counter.ts';
import { bait, type Findings, type HostileProgram, reportName } from './program/hostile-program.ts';

export interface Drill {
  settings: RunnerSettings;
  run: DrilledRun;
  stop: AbortSignal;
}

/** A drill's resources on this host. */
interface Host {
  engine: ContainerEngine;
  place: RunPaths;
  /** The name of its image. */
  image: string;
  /** The folder with its program. */
  staged: string;
}

/**
 * Runs Holdout's hostile program exactly as a submission is run, and judges each control by its report and by what was seen
 * from outside. Leaves nothing on the host. Rejects with the abort reason if it is stopped.
 */
export async function drill(request: Drill): Promise<ControlCheck[]> {
  const { jobId } = request.settings;
  const place = runPathsOf(request.settings);
  const engine = new ContainerEngine(request.settings.engine);
  const host = { engine, place, image: `localhost/holdout/drill:${jobId}`, staged: join(place.folder, 'staged') };
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  // Helpers of the engine leave files in the current folder; they are removed with the run's folder.
  process.chdir(place.folder);
  try {
    return await drillOn(host, request);
  } finally {
    await releaseHost(engine, place);
    if ((await engine.findImage(host.image)) !== undefined) await engine.removeImage(host.image);
    process.chdir('/');
    await rm(place.folder, { recursive: true, force: true });
  }
}

async function drillOn(host: Host, { settings, run, stop }: Drill): Promise<ControlCheck[]> {
  const listeners = await listen(host.place.container);
  try {
    const program = programFor(run, listeners.targets);
    await stageProgram(host.staged, program);
    const { report, processes } = await runProgram(host, { settings, run, stop }, program);
    stop.throwIfAborted();
    const seen = { reached: listeners.reached(), processes, inputsChanged: await inputsChanged(host, program) };
    const outside = await outsideOf(host, report, seen);
    return judge({ findings: await findingsOf(host, program), outside, expected: expectedOf(host, run) });
  } finally {
    listeners.close();
  }
}

async function runProgram(
  { engine, place, image, staged }: Host,
  { settings: { jobId, scratch, assignedGpus }, run, stop }: Drill,
  program: HostileProgram,
): Promise<{ report: SandboxReport; processes: number | null }> {
  const imported = await importDrillImage(engine, image);
  const counter = new ProcessCounter(new RunCgroup(place.cgroup));
  try {
    const report = await runInSandbox({
      spec: drillSpec(run, program),
      jobId,
      assignedGpus,
      engine,
      place,
      image: imported,
      inputs: staged,
      scratch,
      log: new HeadAndTail(),
      stop,
    });
    return { report, processes: counter.stop() };
  } finally {
    counter.stop();
  }
}

const outsideOf = async (
  { place }: Host,
  { run, memory, output }: SandboxReport,
  seen: Pick<Outside, 'reached' | 'processes' | 'inputsChanged'>,
): Promise<Outside> => ({
  ...seen,
  end: run.end,
  outOfMemory: memory.outOfMemory,
  peakMiB: memory.peakMiB,
  output,
  owner: (await ownerOf(join(place.output, reportName))) ?? (await ownerOf(join(place.temporary, reportName))),
});

const ownerOf = (file: string): Promise<string | undefined> =>
  lstat(file).then(
    ({ uid, gid }) => `${uid}:${gid}`,
    () => undefined,
  );

/** The report, read as predictions are: it may be a trap. */
async function findingsOf({ place }: Host, program: HostileProgram): Promise<Findings | undefined> {
  const wanted = { file: reportName, maxBytes: program.reportBytes };
  for (const output of [place.output, place.temporary]) {
    const found = await copyPredictions({ output, wanted, to: place.predictions });
    if (found.kind === 'copied') return program.read(await readFile(place.predictions));
  }
  return undefined;
}

async function inputsChanged({ staged }: Host, { executable }: HostileProgram): Promise<boolean> {
  const files = await Promise.all((await readdir(staged)).map((name) => readFile(join(staged, name))));
  const total = executable.length + bait.input.length;
  return files.length !== 2 || files.reduce((sum, { length }) => sum + length, 0) !== total;
}

const deviceVariables: Record<DrilledRun['instanceClass']['gpu'], string[]> = {
  none: [],
  emulated: ['HOLDOUT_GPU_DEVICE'],
  nvidia: ['NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES'],
};

const expectedOf = ({ place }: Host, run: DrilledRun): Expected => ({
  ...defaultPaths,
  user: place.user,
  memoryMiB: memoryLimitMiB(run),
  sharedMemoryMiB: run.limits.sharedMemoryMiB,
  temporaryMiB: Math.ceil(run.limits.memoryMiB / 2),
  processes: run.limits.pids,
  outputBytes: run.limits.outputBytes,
  variables: deviceVariables[run.instanceClass.gpu],
});
