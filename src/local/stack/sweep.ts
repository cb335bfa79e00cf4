import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { messageOf } from '../../errors.ts';
import { runCommand } from '../../run-command.ts';
import type { EngineSettings } from '../../runner/runner-settings.ts';
import { ContainerEngine } from '../../runner/sandbox/engine.ts';
import { runPathsOf } from '../../runner/sandbox/run-paths.ts';
import { detach, loopDevices, type LoopDevice } from '../../runner/sandbox/loop-devices.ts';
import { hostMountPoints } from '../../runner/sandbox/mounts.ts';
import { reap } from '../../runner/sandbox/release.ts';
import { counted } from '../../safe-text.ts';
import type { ReportLine } from '../report-line.ts';
import { homeLabel } from '../tools/find-engine.ts';
import { openIdentity } from './home/home-identity.ts';
import { placesOf, type Home } from './home/home.ts';
import { openShortPaths } from './home/short-paths.ts';
import { livingRuns } from './living-runs.ts';

/**
 * Removes what runs that were killed together with all that cleans up after them have left: containers, mounts, loop devices,
 * control groups and folders of this home, and loop devices with their mounts of homes that no longer exist. Touches neither a run
 * that lives nor another home. What cannot be removed is reported, and tried again at the next start.
 */
export async function sweep(home: Home, engine: EngineSettings, report: ReportLine): Promise<void> {
  const { scratch } = openShortPaths(home);
  // Both lists are made before the list of processes, so that a run that begins in between has its process.
  const ids = [...(await runsOf(home, engine))];
  const isRunning = livingRuns();
  const dead = ids.filter((jobId) => !isRunning(jobId));
  const runs = await count(dead, report, async (jobId) => {
    // The engine would give it ten seconds, and it may ignore them.
    await new ContainerEngine(engine).kill(runPathsOf({ jobId, scratch }).container);
    await reap({ jobId, scratch, engine });
  });
  if (runs > 0) report(`removed what ${counted(runs, 'killed run')} had left`);
  const loops = await loopDevices();
  const isLiving = livingRuns();
  const abandoned = loops.filter((one) => isAbandoned(one, home, isLiving));
  const devices = await count(abandoned, report, detach);
  if (devices > 0) report(`removed ${counted(devices, 'loop device')} of deleted files`);
}

/** How many of the items could be removed; a failure does not keep the stack from starting. */
async function count<Item>(
  items: readonly Item[],
  report: ReportLine,
  remove: (item: Item) => Promise<void>,
): Promise<number> {
  let removed = 0;
  for (const item of items) {
    try {
      await remove(item);
      removed += 1;
    } catch (error) {
      report(`what a killed run has left cannot be removed yet: ${messageOf(error)}`);
    }
  }
  return removed;
}

/** The ids of all runs that have a folder, a mount or a container in this home. */
async function runsOf(home: Home, engine: EngineSettings): Promise<Set<string>> {
  const folder = join(home.scratch, 'runs');
  const folders = existsSync(folder) ? readdirSync(folder) : [];
  const below = (await hostMountPoints()).filter((point) => point.startsWith(`${folder}/`));
  const mounted = below.flatMap((point) => relative(folder, point).split('/')[0] ?? []);
  return new Set([...folders, ...mounted, ...(await runsInContainers(home, engine))]);
}

/** Containers are named `ho-<job id>`. */
async function runsInContainers(home: Home, { command, name }: EngineSettings): Promise<string[]> {
  const [program = name, ...flags] = command;
  const filter = ['--filter', `label=${homeLabel(openIdentity(home))}`, '--format', '{{.Names}}'];
  const { stdout } = await runCommand(program, [...flags, 'ps', '--all', ...filter], { timeout: 30_000 });
  return stdout.split('\n').flatMap((line) => /^ho-(.+)$/.exec(line)?.[1] ?? []);
}

/** The path of the file behind a mount of a run, see runPathsOf. */
const imagePath = /^(\/.+)\/scratch\/runs\/([^/]+)\/(?:output|layer)\.ext4$/;

/** Whether a loop device belonged to a dead run of this home or of one that no longer exists. */
function isAbandoned({ file, isDeleted }: LoopDevice, home: Home, isLiving: (jobId: string) => boolean): boolean {
  const [, folder, jobId] = imagePath.exec(file) ?? [];
  if (!isDeleted || folder === undefined || jobId === undefined || isLiving(jobId)) return false;
  return folder === dirname(home.scratch) || !existsSync(placesOf(folder).identity);
}
