import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPaths } from '../../campaign/model/layouts.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { HeadAndTail } from '../measure/head-and-tail.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { RunCgroup } from '../sandbox/cgroup.ts';
import { ContainerEngine } from '../sandbox/engine.ts';
import type { EngineImage } from '../sandbox/engine-image.ts';
import { releaseHost } from '../sandbox/release.ts';
import { type RunPaths, runPathsOf } from '../sandbox/run-paths.ts';
import { runInSandbox, type SandboxReport } from '../sandbox/sandbox.ts';
import { copyPredictions } from '../stage/predictions.ts';
import { importDrillImage } from './drill-image.ts';
import { ProcessCounter } from './process-counter.ts';
import { bait, reportName } from './program/hostile-program.ts';

/** What a drill takes from a run: the limits and the class, of which it tries what they promise. */
export type DrilledRun = Pick<RunSpec, 'runKey' | 'instanceClass' | 'limits'>;

/** A program of Holdout's own that runs exactly as a submission does. */
export interface ConfinedProgram {
  settings: RunnerSettings;
  run: DrilledRun;
  stop: AbortSignal;
  executable: Buffer;
  /** Its image has the C library of this host. */
  needsLibraries?: boolean;
  reportBytes: number;
}

/** How it ran, by what it reported and by what was seen from outside. */
export interface ConfinedRun {
  sandbox: SandboxReport;
  /** `uid:gid` of its user. */
  user: string;
  /** Undefined if it left none. */
  report: Buffer | undefined;
  /** `uid:gid` of the report. */
  owner: string | undefined;
  /** Most processes in the run's control group at one time; null if they could not be counted. */
  processes: number | null;
  inputsChanged: boolean;
}

/** A program's resources on this host. */
interface Host {
  engine: ContainerEngine;
  place: RunPaths;
  /** The folder of its inputs. */
  staged: string;
}

/**
 * Runs a program with the flags, mounts, limits and environment of a submission; its inputs are its own executable. Leaves
 * nothing on the host. Rejects with the abort reason if it is stopped.
 */
export async function runConfined(program: ConfinedProgram): Promise<ConfinedRun> {
  const { settings } = program;
  const [engine, place] = [new ContainerEngine(settings.engine), runPathsOf(settings)];
  const host: Host = { engine, place, staged: join(place.folder, 'staged') };
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  // Helpers of the engine leave files in the current folder; they are removed with the run's folder.
  const before = process.cwd();
  process.chdir(place.folder);
  try {
    await stage(host.staged, program.executable);
    return await runAndCollect(host, program, await importDrillImage(engine, place.drillImage, program.needsLibraries));
  } finally {
    process.chdir(before);
    await releaseHost(engine, place);
    await engine.removeImage(place.drillImage);
    await rm(place.folder, { recursive: true, force: true });
  }
}

const programName = 'program';

/** The executable, and a file that every user may write to. */
async function stage(folder: string, executable: Buffer): Promise<void> {
  await mkdir(folder);
  await chmod(folder, 0o777);
  await writeFile(join(folder, programName), executable);
  await chmod(join(folder, programName), 0o755);
  await writeFile(join(folder, bait.input), bait.input);
  await chmod(join(folder, bait.input), 0o666);
}

async function runAndCollect(host: Host, program: ConfinedProgram, image: EngineImage): Promise<ConfinedRun> {
  const { engine, place, staged } = host;
  const { settings, run, stop, executable, reportBytes } = program;
  const { jobId, scratch, assignedGpus } = settings;
  const counter = new ProcessCounter(new RunCgroup(place.cgroup));
  const log = new HeadAndTail();
  const spec = confinedSpec(run, reportBytes);
  try {
    const request = { spec, jobId, assignedGpus, engine, place, image, inputs: staged, scratch, log, stop };
    const sandbox = await runInSandbox(request);
    stop.throwIfAborted();
    return {
      sandbox,
      user: place.user,
      processes: counter.stop(),
      inputsChanged: await isChanged(staged, executable),
      ...(await collect(place, reportBytes)),
    };
  } finally {
    counter.stop();
  }
}

/** The spec of a run whose predictions are the report. */
export const confinedSpec = (run: DrilledRun, reportBytes: number): RunSpec => ({
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

/** The report, read as predictions are: it may be a trap. A program with a wrong user may have left it in /tmp. */
async function collect(place: RunPaths, maxBytes: number): Promise<Pick<ConfinedRun, 'report' | 'owner'>> {
  for (const output of [place.output, place.temporary]) {
    const found = await copyPredictions({ output, wanted: { file: reportName, maxBytes }, to: place.predictions });
    if (found.kind !== 'copied') continue;
    const { uid, gid } = await lstat(join(output, reportName));
    return { report: await readFile(place.predictions), owner: `${uid}:${gid}` };
  }
  return { report: undefined, owner: undefined };
}

async function isChanged(staged: string, executable: Buffer): Promise<boolean> {
  const names = (await readdir(staged)).sort().join();
  if (names !== [bait.input, programName].sort().join()) return true;
  const [program, other] = await Promise.all([programName, bait.input].map((name) => readFile(join(staged, name))));
  return program?.equals(executable) !== true || other?.toString() !== bait.input;
}
