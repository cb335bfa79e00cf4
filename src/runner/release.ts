import { rm } from 'node:fs/promises';
import { RunCgroup } from './cgroup.ts';
import { Engine } from './engine.ts';
import { unmountAll } from './mounts.ts';
import { type RunPlace, runPlaceOf } from './run-place.ts';
import type { RunnerSettings } from './runner-settings.ts';

/** Ends and removes a run's container, mounts, loop device and control group. Idempotent. */
export async function releaseHost(engine: Engine, place: RunPlace): Promise<void> {
  await engine.remove(place.container);
  await unmountAll(place);
  await new RunCgroup(place.cgroup).remove();
}

/** Removes whatever a killed runner left on this host, its folder too; quiet when there is nothing. */
export async function reap(settings: RunnerSettings): Promise<void> {
  const place = runPlaceOf(settings);
  await releaseHost(new Engine(settings.engine), place);
  await rm(place.folder, { recursive: true, force: true });
}
