import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeCgroup, removeEmptyCgroup } from '../cgroups.ts';
import { unmountBelow } from '../mounts.ts';
import { runCommand } from '../../run-command.ts';
import type { EngineSettings } from '../../runner/runner-settings.ts';
import { homeLabel } from '../tools/find-engine.ts';
import { jobIds } from './end-jobs.ts';
import { openIdentity } from './home/home-identity.ts';
import type { Home } from './home/home.ts';
import { closeShortPaths, openShortPaths } from './home/short-paths.ts';

/**
 * Removes what the runs of this home may have left on the machine, after their processes have ended: containers, mounts below
 * the home, control groups. Files stay. Nothing of other homes is touched.
 */
export async function cleanUp(home: Home, engine: EngineSettings | undefined): Promise<void> {
  // They may be gone after a reboot or an earlier call; podman would then create folders in their place.
  const { folder } = openShortPaths(home);
  if (engine !== undefined) await removeContainers(home, engine);
  await unmountBelow(home.folder);
  const groups = jobIds(home).map((jobId) => `holdout/${jobId}`);
  // The last process of a removed container may keep its groups busy for a moment.
  for (let retries = 20; retries > 0 && !groups.map(removeCgroup).every(Boolean); retries -= 1) await sleep(50);
  if (groups.length > 0) removeEmptyCgroup('holdout');
  // Staged inputs stay for the next start; the folders of runs are no longer needed.
  rmSync(join(home.scratch, 'runs'), { recursive: true, force: true });
  if (await unmountBelow(folder)) closeShortPaths(home);
}

async function removeContainers(home: Home, { command, name }: EngineSettings): Promise<void> {
  const [program = name, ...flags] = command;
  const filter = ['--filter', `label=${homeLabel(openIdentity(home))}`];
  const listed = await runCommand(program, [...flags, 'ps', '--all', '--quiet', ...filter], { timeout: 30_000 });
  const containers = listed.stdout.split('\n').filter((line) => line !== '');
  if (containers.length === 0) return;
  // Docker kills at once; podman would wait ten seconds for a program that ignores SIGTERM.
  const force = ['--force', '--volumes', ...(name === 'podman' ? ['--time=0'] : [])];
  await runCommand(program, [...flags, 'rm', ...force, ...containers], { timeout: 60_000 });
}
