import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const mountPoint = '/sys/fs/cgroup';

/** Whether the host has the unified hierarchy (v2). */
export const isCgroupV2 = (): boolean => existsSync(join(mountPoint, 'cgroup.controllers'));

/** Removes the group of this name at the top of every hierarchy, with all below it. Groups with processes stay. */
export function removeCgroup(name: string): void {
  const hierarchies = isCgroupV2() ? [mountPoint] : subfolders(mountPoint);
  for (const hierarchy of hierarchies) removeTree(join(hierarchy, name));
}

function removeTree(group: string): void {
  if (!existsSync(group)) return;
  for (const child of subfolders(group)) removeTree(child);
  try {
    rmdirSync(group);
  } catch {
    // Busy: a process is still in it; or, with co-mounted controllers, gone under its other name already.
  }
}

const subfolders = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name))
    : [];
