import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunCgroup } from './cgroup.ts';
import { ContainerEngine } from './engine.ts';
import { unmountAll } from './mounts.ts';
import { type RunPaths, runPathsOf } from './run-paths.ts';
import type { RunnerSettings } from '../runner-settings.ts';

const tries = 5;
const pauseMs = 1_000;

/**
 * Ends and removes a run's container, mounts, loop device and control group. Idempotent; tried several times, because an
 * engine may be busy with the very container that just ended.
 */
export async function releaseHost(engine: ContainerEngine, place: RunPaths): Promise<void> {
  for (let triesLeft = tries - 1; ; triesLeft--) {
    try {
      await engine.remove(place.container);
      await unmountAll(place);
      // Only a run with a writable root has one, and that folder before it.
      if (existsSync(place.root)) await engine.remove(place.base);
      return await new RunCgroup(place.cgroup).remove();
    } catch (error) {
      if (triesLeft === 0) throw error;
      await sleep(pauseMs);
    }
  }
}

/** Removes whatever a killed runner left on this host, its folder too; quiet when there is nothing. */
export async function reap(settings: RunnerSettings): Promise<void> {
  const place = runPathsOf(settings);
  await releaseHost(new ContainerEngine(settings.engine), place);
  await rm(place.folder, { recursive: true, force: true });
}
