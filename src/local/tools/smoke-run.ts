import { rmSync, statfsSync } from 'node:fs';
import { release } from 'node:os';
import { trouble } from '../../errors.ts';
import { isCgroupV2, removeCgroup } from '../cgroups.ts';
import type { Report } from '../report.ts';
import { lastLines, runCommand } from '../run-command.ts';
import { fileIdentity, type ToolCache } from './cache.ts';
import { homeLabel, which, type Engine } from './engine.ts';
import { smokeImage, smokeStatus } from './smoke-image.ts';

/** How a submission's container is started, as far as hosts differ in what they allow. */
const confinement = [
  '--rm',
  '--network=none',
  '--read-only',
  '--memory=64m',
  '--memory-swap=64m',
  '--pids-limit=16',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--user=64001:64001',
];
const image = 'localhost/holdout/smoke:1';
const smokeCgroup = `holdout-smoke-${process.pid}`;

type Peculiarity = Pick<Engine, 'command' | 'runFlags'>;

/**
 * The engine with the flags this host needs, found out by running one tiny container and remembered in the cache.
 * Podman keeps its images in `storage`, a folder of the home. Throws ENGINE_FAILS.
 */
export async function settleEngine(
  name: Engine['name'],
  at: { home: string; storage: string },
  cache: ToolCache,
  report: Report,
): Promise<Engine> {
  const labelled = (found: Peculiarity): Engine => {
    const [program = name, ...flags] = found.command;
    return {
      name,
      command: [program, ...(name === 'podman' ? podmanRoots(at.storage) : []), ...flags],
      runFlags: [`--label=${homeLabel(at.home)}`, ...found.runFlags],
    };
  };
  const identity = hostIdentity(name, at.storage);
  const known = cache.recall<Peculiarity>(`engine:${name}`, identity);
  if (known !== undefined) return labelled(known);
  report(`finding out how ${name} runs containers on this host (a second)`);
  const failures: string[] = [];
  for (const candidate of candidates(name)) {
    const failure = await smoke(labelled(candidate), at.storage);
    if (failure === undefined) {
      cache.remember(`engine:${name}`, identity, candidate);
      return labelled(candidate);
    }
    failures.push(`${[...candidate.command, ...candidate.runFlags].join(' ')}: ${failure}`);
  }
  throw trouble('ENGINE_FAILS', { engine: name, failures });
}

/** Also for who cleans up after a crash: where podman keeps its images, layers and containers. */
const podmanRoots = (storage: string): string[] => [
  `--root=${storage}/storage`,
  `--runroot=${storage}/run`,
  '--cgroup-manager=cgroupfs',
];

/**
 * The defaults first. crun refuses hybrid cgroups; without CAP_SYS_RESOURCE podman's own limits cannot be set; over
 * overlayfs only vfs stores images. Each was met in the wild, so all their combinations are tried.
 */
function candidates(name: Engine['name']): Peculiarity[] {
  if (name === 'docker') return [{ command: ['docker'], runFlags: [] }];
  const found: Peculiarity[] = [];
  for (const driver of [[], ['--storage-driver=vfs']]) {
    for (const limits of [[], ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024']]) {
      for (const runtime of [[], ['--runtime=runc']]) {
        found.push({ command: ['podman', ...driver, ...runtime], runFlags: limits });
      }
    }
  }
  return found;
}

/** Undefined when the container ran, else what the engine said. */
async function smoke(engine: Engine, storage: string): Promise<string | undefined> {
  const [program = engine.name, ...flags] = engine.command;
  const call = (args: string[], input?: Buffer) =>
    runCommand(program, [...flags, ...args], { timeout: 30_000, ...(input === undefined ? {} : { input }) });
  const imported = await call(['import', '-', image], await smokeImage());
  if (imported.status !== 0) {
    // A store made for one driver is refused by every other; nothing else can be in it before the first smoke run.
    if (engine.name === 'podman') rmSync(`${storage}/storage`, { recursive: true, force: true });
    return lastLines(imported.stderr, 1);
  }
  const parent = engine.name === 'podman' ? [`--cgroup-parent=/${smokeCgroup}`] : [];
  const ran = await call(['run', ...confinement, ...parent, ...engine.runFlags, image, '/probe']);
  await call(['rmi', '--force', image]);
  removeCgroup(smokeCgroup);
  return ran.status === smokeStatus ? undefined : lastLines(ran.stderr, 1);
}

/** Changes whenever the answer may: engine, runtimes, kernel, cgroup version, file system of the images. */
function hostIdentity(name: Engine['name'], storage: string): string {
  const programs = [name, 'runc', 'crun'].map((program) => {
    const path = which(program);
    return path === undefined ? `no ${program}` : `${path} ${fileIdentity(path)}`;
  });
  return [...programs, release(), isCgroupV2() ? 'cgroup2' : 'cgroup1', `file system ${statfsSync(storage).type}`].join(
    '; ',
  );
}
