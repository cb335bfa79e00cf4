import { writeFile } from 'node:fs/promises';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { RunCgroup } from './cgroup.ts';
import { cleanEnvironment } from './environment/clean-environment.ts';
import { createArguments, mountPoints } from './container-flags.ts';
import { type ContainerRun, runContainer } from './container-run.ts';
import type { ContainerEngine } from './engine.ts';
import type { EngineImage } from './engine-image.ts';
import { FillMeter } from '../measure/fill-meter.ts';
import { GrowthMeter } from '../measure/growth-meter.ts';
import type { HeadAndTail } from '../measure/head-and-tail.ts';
import { MemoryMeter } from '../measure/memory-meter.ts';
import { writeHostsFile } from './hosts-file.ts';
import { mountInputs, mountOutput, mountTemporary, mountTerminals, temporaryMiB } from './mounts.ts';
import { clearMountPoint } from './clear-mount-points.ts';
import { openDevice } from '../device/open-device.ts';
import { watchOutOfMemory } from '../measure/out-of-memory.ts';
import { predictionsFiles } from '../stage/predictions.ts';
import type { RunPaths } from './run-paths.ts';
import { seccompProfile } from './seccomp.ts';
import { environmentTooLarge } from './start-refusal.ts';
import { makeWritableRoot } from './writable-root.ts';
import { ownVariables } from './environment/own-variables.ts';

export interface SandboxRequest {
  spec: RunSpec;
  jobId: string;
  assignedGpus?: readonly string[] | undefined;
  engine: ContainerEngine;
  place: RunPaths;
  image: EngineImage;
  /** Folder of the staged inputs. */
  inputs: string;
  /** The host's folder of runs and staged inputs. */
  scratch: string;
  log: HeadAndTail;
  stop: AbortSignal;
}

/** How the submission ran and what was measured from outside. */
export interface SandboxReport extends Pick<RunOutcome, 'device' | 'output'> {
  /** Names of variables that the image sets and the submission did not get. */
  withheld: string[];
  run: ContainerRun;
  memory: Omit<RunOutcome['memory'], 'limitMiB'>;
}

const mebibyte = 1024 * 1024;

/** Runs the submission once, confined and measured. Leaves its mounts for the caller, who collects the output and releases them. */
export async function runInSandbox(request: SandboxRequest): Promise<SandboxReport> {
  const { spec, place, engine } = request;
  await writeFile(place.seccompProfile, JSON.stringify(seccompProfile));
  await writeHostsFile(place.hosts);
  await mountInputs(place, request.inputs);
  await mountOutput(place, spec.limits.outputBytes);
  await mountTemporary(place, temporaryMiB(spec.limits.memoryMiB));
  await mountTerminals(place);
  const rootRefusal = spec.rootFilesystem === 'writable' ? await makeWritableRoot(request) : undefined;
  const device = await openDevice(spec.instanceClass, place, engine.name, request.assignedGpus);
  const cgroup = (await engine.cgroupDriver()) === 'cgroupfs' ? new RunCgroup(place.cgroup) : undefined;
  await cgroup?.create((spec.limits.memoryMiB + device.extraMemoryMiB) * mebibyte);
  const [watch, fill] = [await watchOutOfMemory(engine, cgroup), await FillMeter.start(place.output)];
  const hostFolders = [request.scratch, ...engine.folders];
  // Without a group around the container's own, which goes with it.
  const memory = cgroup === undefined ? new MemoryMeter() : undefined;
  const environment = cleanEnvironment(request.image.environment, ownVariables(spec, device), hostFolders);
  const growth = new GrowthMeter(predictionsFiles(place.output, spec.predictions));
  try {
    const run = await runContainer({
      ...request,
      container: place.container,
      createArguments: createArguments({ ...request, environment, device, cgroupParent: cgroup?.path }),
      refusal: environment.isTooLarge ? environmentTooLarge : rootRefusal,
      prepare: async () => {
        await clearMountPoint(await engine.layers(place.container), mountPoints(spec));
        memory?.follow(await engine.idOf(place.container));
      },
      wallClockSeconds: spec.limits.wallClockSeconds,
    });
    const peakBytes = (await cgroup?.peakBytes()) ?? memory?.peakBytes ?? null;
    const { usedBytes, peakBytes: fullest, outOfNames } = await fill.stop();
    return {
      run,
      withheld: environment.refused,
      memory: {
        peakMiB: peakBytes === null ? null : Math.ceil(peakBytes / mebibyte),
        outOfMemory: await watch.verdict(run.state),
      },
      device: await device.stop(),
      output: {
        bytes: usedBytes,
        full: outOfNames || fullest >= spec.limits.outputBytes,
        growth: await growth.stop(),
      },
    };
  } finally {
    for (const meter of [watch, fill, growth, device, memory]) meter?.close();
  }
}
