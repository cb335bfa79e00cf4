import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { retryFor } from '../../retry-for.ts';
import { RunCgroup } from './cgroup.ts';
import { ContainerEngine } from './engine.ts';
import { unmountAll } from './mounts.ts';
import { type RunPaths, runPathsOf } from './run-paths.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { runnerTimings } from '../runner-timings.ts';

/** Kills and removes a run's container, mounts, loop devices and control group. May be called again at any time. */
export const releaseHost = (engine: ContainerEngine, place: RunPaths): Promise<void> =>
  retryFor(() => releaseOnce(engine, place), { limit: runnerTimings.release, isPermanent: () => false });

async function releaseOnce(engine: ContainerEngine, place: RunPaths): Promise<void> {
  await engine.remove(place.container);
  await unmountAll(place);
  // Only a run with a writable root has a base container, and it makes this folder first.
  if (existsSync(place.root)) await engine.remove(place.base);
  await new RunCgroup(place.cgroup).remove();
}

/** Removes everything that a killed runner left on this host, its folder included. */
export async function reap(settings: RunnerSettings): Promise<void> {
  const place = runPathsOf(settings);
  const engine = new ContainerEngine(settings.engine);
  await releaseHost(engine, place);
  await engine.removeImage(place.drillImage);
  await rm(place.folder, { recursive: true, force: true });
}
