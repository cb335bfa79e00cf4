import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const mountPoint = '/sys/fs/cgroup';

/** Whether the host uses the unified hierarchy (v2). */
export const isCgroupV2 = (): boolean => existsSync(join(mountPoint, 'cgroup.controllers'));

/** Removes the group of this name and all groups below it in every hierarchy. Returns false if a busy one is left. */
export function removeCgroup(name: string): boolean {
  const groups = hierarchies().map((hierarchy) => join(hierarchy, name));
  for (const group of groups) removeTree(group);
  return !groups.some((group) => existsSync(group));
}

/** Removes a group unless it contains others. */
export function removeEmptyCgroup(name: string): void {
  for (const hierarchy of hierarchies()) removeGroup(join(hierarchy, name));
}

/** The names of the groups in the group of this name, in any hierarchy. */
export const groupsIn = (name: string): string[] => [
  ...new Set(hierarchies().flatMap((hierarchy) => subfolders(join(hierarchy, name)).map((group) => basename(group)))),
];

const hierarchies = (): string[] => (isCgroupV2() ? [mountPoint] : subfolders(mountPoint));

function removeTree(group: string): void {
  for (const child of subfolders(group)) removeTree(child);
  removeGroup(group);
}

function removeGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // The group does not exist, or still has processes or groups in it.
  }
}

const subfolders = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name))
    : [];
