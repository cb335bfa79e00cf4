import { mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { messageOf, holdoutError } from '../../errors.ts';
import { succeed } from '../../runner/sandbox/command.ts';
import { ContainerEngine as RunnerEngine } from '../../runner/sandbox/engine.ts';
import { HeadAndTail } from '../../runner/measure/head-and-tail.ts';
import { reap } from '../../runner/sandbox/release.ts';
import { runPathsOf } from '../../runner/sandbox/run-paths.ts';
import { runInSandbox } from '../../runner/sandbox/sandbox.ts';
import type { EngineSettings } from '../../runner/runner-settings.ts';
import { isCgroupV2 } from '../cgroups.ts';
import type { ReportLine } from '../report-line.ts';
import { lastLines, runCommand } from '../../run-command.ts';
import { openIdentity } from '../stack/home/home-identity.ts';
import type { Home } from '../stack/home/home.ts';
import { openShortPaths, type ShortPaths } from '../stack/home/short-paths.ts';
import { fileIdentity, type ToolCache } from './cache.ts';
import { claimStorage, podmanRoots } from './container-storage.ts';
import { dockerStorage, homeLabel, which } from './find-engine.ts';
import { smokeImage, smokeStatus } from './smoke-image.ts';

const image = 'localhost/holdout/smoke:1';

/** The smallest possible run. */
const spec: RunSpec = {
  version: 1,
  runKey: 'smoke/run/1',
  purpose: 'evaluation',
  image: { reference: image, digest: '' },
  inputs: { files: { bucket: '', prefix: '' }, indexKey: '', digest: '', items: 0, bytes: 0 },
  instanceClass: { name: 'smoke', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1 },
  limits: { wallClockSeconds: 20, memoryMiB: 64, pids: 16, outputBytes: 2 ** 20, sharedMemoryMiB: 16 },
  predictions: { file: 'predictions.csv', maxBytes: 2 ** 10 },
};

type HostFlags = Pick<EngineSettings, 'command' | 'runFlags'>;

/**
 * The engine with the flags that this host needs, found by running a tiny container and remembered in the cache. Podman
 * stores its images in a folder of the home. Throws ENGINE_FAILS.
 */
export async function settleEngine(
  name: EngineSettings['name'],
  home: Home,
  cache: ToolCache,
  report: ReportLine,
): Promise<EngineSettings> {
  const paths = openShortPaths(home);
  if (name === 'podman') await claimStorage(home, paths);
  const storage = name === 'docker' ? await dockerStorage() : undefined;
  const labelled = (found: HostFlags): EngineSettings => {
    const [program = name, ...flags] = found.command;
    return {
      name,
      command: [program, ...(name === 'podman' ? podmanRoots(paths) : []), ...flags],
      runFlags: [`--label=${homeLabel(openIdentity(home))}`, ...found.runFlags],
      // All homes of this user are on one host.
      markers: join(cache.folder, 'isolation'),
      ...(storage !== undefined && { storage }),
    };
  };
  const subject = `${name}, as runs use it`;
  const identity = hostIdentity(name, home.containers);
  const known = cache.recall<HostFlags>(subject, identity);
  if (known !== undefined) return labelled(known);
  report(`testing how ${name} runs containers on this host (once, a few seconds)`);
  const failures: string[] = [];
  for (const candidate of candidates(name)) {
    const failure = await smoke(labelled(candidate), paths);
    if (failure === undefined) {
      cache.remember(subject, identity, candidate);
      return labelled(candidate);
    }
    failures.push(`${[...candidate.command, ...candidate.runFlags].join(' ')}: ${failure}`);
  }
  throw holdoutError('ENGINE_FAILS', { engine: name, failures });
}

/**
 * The defaults first. crun does not support hybrid cgroups; without CAP_SYS_RESOURCE podman's own limits cannot be set; over
 * overlayfs only vfs stores images. All combinations of these occur in practice.
 */
function candidates(name: EngineSettings['name']): HostFlags[] {
  if (name === 'docker') return [{ command: ['docker'], runFlags: [] }];
  const flags: HostFlags[] = [];
  for (const driver of [[], ['--storage-driver=vfs']]) {
    for (const limits of [[], ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024']]) {
      for (const runtime of [[], ['--runtime=runc']]) {
        flags.push({ command: ['podman', ...driver, ...runtime], runFlags: limits });
      }
    }
  }
  return flags;
}

/** Undefined when the container ran, else the engine's error message. */
async function smoke(settings: EngineSettings, { scratch, containers }: ShortPaths): Promise<string | undefined> {
  const [program = settings.name, ...flags] = settings.command;
  const entrypoint = ['--change', 'ENTRYPOINT ["/probe"]'];
  const input = await smokeImage();
  const imported = await runCommand(program, [...flags, 'import', ...entrypoint, '-', image], {
    timeout: 30_000,
    input,
  });
  if (imported.status !== 0) {
    // Storage created with one driver does not work with another; before the first smoke run it holds nothing else.
    if (settings.name === 'podman') rmSync(`${containers}/storage`, { recursive: true, force: true });
    return lastLines(imported.stderr, 1);
  }
  const jobId = `smoke-${process.pid}`;
  try {
    return await runAsRunner(new RunnerEngine(settings), scratch, jobId);
  } catch (error) {
    return messageOf(error);
  } finally {
    await reap({ jobId, scratch, engine: settings });
    await runCommand(program, [...flags, 'rmi', '--force', image], { timeout: 30_000 });
  }
}

/** Uses the runner's own code, so that paths, flags and mounts are those of every run. */
async function runAsRunner(engine: RunnerEngine, scratch: string, jobId: string): Promise<string | undefined> {
  const place = runPathsOf({ scratch, jobId });
  const inputs = join(place.folder, 'inputs');
  mkdirSync(inputs, { recursive: true, mode: 0o700 });
  if (engine.name === 'podman') await succeed(['skopeo', 'inspect', '--raw', `${await engine.storage()}${image}`]);
  const found = await engine.findImage(image);
  if (found === undefined) return `${image} was imported but is missing`;
  const log = new HeadAndTail();
  const stop = new AbortController().signal;
  const { run } = await runInSandbox({ spec, jobId, engine, place, scratch, image: found, inputs, log, stop });
  if (run.end.kind === 'exited' && run.end.exitCode === smokeStatus) return undefined;
  return lastLines(
    run.end.kind === 'never-started' ? run.end.detail : `${JSON.stringify(run.end)} ${log.tailText()}`,
    1,
  );
}

/** Everything that may change the flags: engine, runtimes, kernel, cgroup version, disk and file system of the images. */
function hostIdentity(name: EngineSettings['name'], storage: string): string {
  const programs = [name, 'runc', 'crun'].map((program) => {
    const path = which(program);
    return path === undefined ? `no ${program}` : `${path} ${fileIdentity(path)}`;
  });
  return [
    ...programs,
    release(),
    isCgroupV2() ? 'cgroup2' : 'cgroup1',
    `file system ${statfsSync(storage).type} on device ${statSync(storage).dev}`,
  ].join('; ');
}
