import { rm } from 'node:fs/promises';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { ContainerEngine } from '../sandbox/engine.ts';
import { runPathsOf } from '../sandbox/run-paths.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { checkDisk } from './check-disk.ts';
import { checkEngine } from './check-engine.ts';
import { checkGpus } from './check-gpus.ts';
import { checkMounts } from './check-mounts.ts';
import { reapKilledRunners } from './reap-killed-runners.ts';

/**
 * Checks a Batch host before its job claims the run, so that a wrong host is the platform's fault and the run can still be
 * carried out elsewhere. Throws the error of the first check that fails; leaves nothing behind.
 */
export async function preflight(settings: RunnerSettings & { image: string }, spec: RunSpec): Promise<void> {
  const engine = new ContainerEngine(settings.engine);
  await checkEngine(engine);
  await reapKilledRunners(engine, settings);
  await checkGpus(spec.instanceClass);
  await checkDisk(settings.scratch, spec);
  const place = runPathsOf(settings);
  try {
    await checkMounts(engine, place, settings.image);
  } finally {
    await rm(place.folder, { recursive: true, force: true });
  }
}
