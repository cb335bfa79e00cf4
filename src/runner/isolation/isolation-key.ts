import { readFile } from 'node:fs/promises';
import { sha256 } from '../../sha256.ts';
import { openDevice } from '../device/open-device.ts';
import type { EngineSettings } from '../runner-settings.ts';
import { cleanEnvironment } from '../sandbox/environment/clean-environment.ts';
import { createArguments } from '../sandbox/container-flags.ts';
import { ContainerEngine } from '../sandbox/engine.ts';
import type { EngineImage } from '../sandbox/engine-image.ts';
import { runPathsOf } from '../sandbox/run-paths.ts';
import { seccompProfile } from '../sandbox/seccomp.ts';
import { confinedSpec, type DrilledRun } from './confined-program.ts';
import { programFor } from './drill-program.ts';
import { engineIdentity } from './engine-identity.ts';
import { ownVariables } from '../sandbox/environment/own-variables.ts';

const noImage: EngineImage = {
  id: '',
  bytes: 0,
  environment: [],
  workingDirectory: '',
  entryPoint: [],
  command: [],
  volumes: [],
  layers: [],
};

/**
 * A digest of all that a drill depends on: the boot of this host, its engine, the flags of every container, the filter of system
 * calls, and the hostile program. Throws ENGINE_SILENT.
 */
export async function isolationKey(settings: EngineSettings, run: DrilledRun): Promise<string> {
  const engine = new ContainerEngine(settings);
  const [program = settings.name, ...flags] = settings.command;
  return sha256(
    JSON.stringify([
      (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
      await engineIdentity(engine, program),
      [program, ...withoutPlaces(flags)],
      await neutralArguments(settings, run),
      seccompProfile,
      sha256(programFor(run, []).executable),
    ]),
  );
}

/** Where an engine keeps its files, and labels, differ from home to home and confine nothing. */
const withoutPlaces = (flags: readonly string[]): string[] =>
  flags.filter((flag) => !/^--(?:root|runroot|label)=/.test(flag));

/** The arguments of a run with the same names on every host. */
async function neutralArguments({ name, runFlags }: EngineSettings, run: DrilledRun): Promise<string[]> {
  const [jobId, scratch] = ['job', '/scratch'];
  const spec = confinedSpec({ ...run, runKey: 'run' }, 0);
  const place = runPathsOf({ scratch, jobId });
  const device = await openDevice({ ...spec.instanceClass, gpu: 'none' }, place, name);
  const environment = cleanEnvironment([], ownVariables(spec, device), []);
  const engine = { name, runFlags: withoutPlaces(runFlags) };
  return createArguments({
    spec,
    jobId,
    place,
    image: noImage,
    environment,
    device,
    engine,
    cgroupParent: place.cgroup,
  });
}
