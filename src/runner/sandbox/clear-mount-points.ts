import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ContainerLayers } from './engine.ts';

/**
 * Puts an empty folder (or file) into a container's own layer wherever its image has a file or a link in place of a mount
 * point; a link might lead anywhere. The mount hides the image's content in any case. Call it before the container starts.
 * Without known layers it does nothing, and the engine then refuses such an image.
 */
export async function clearMountPoint(
  layers: ContainerLayers | undefined,
  { folders, files }: { folders: readonly string[]; files: readonly string[] },
): Promise<void> {
  if (layers === undefined) return;
  const { upper, lowers } = layers;
  for (const folder of folders) {
    const found = await follow(folder, lowers);
    if (found?.kind === 'other') await mkdir(join(upper, found.at), { recursive: true, mode: 0o755 });
  }
  for (const file of files) {
    const found = await follow(file, lowers);
    if (found?.kind !== 'folder' || found.at !== file) continue;
    await mkdir(join(upper, dirname(file)), { recursive: true, mode: 0o755 });
    await writeFile(join(upper, file), '', { mode: 0o644 });
  }
}

/** Whether a path is a folder of `root`, without links on the way. */
export const leadsThroughFolders = async (path: string, root: string): Promise<boolean> =>
  (await follow(path, [root]))?.kind === 'folder';

/** Follows a path through folders, to its end or to the first part that is no folder. Undefined if a part is missing. */
async function follow(
  path: string,
  lowers: readonly string[],
): Promise<{ at: string; kind: Found['kind'] } | undefined> {
  let [at, active] = ['', lowers];
  for (const name of path.split('/').filter(Boolean)) {
    at = `${at}/${name}`;
    const found = await find(at, active);
    if (found === undefined || found.kind === 'other') return found && { at, kind: found.kind };
    active = found.lowers;
  }
  return { at, kind: 'folder' };
}

interface Found {
  kind: 'folder' | 'other';
  /** The layers whose folders are visible there, merged. */
  lowers: string[];
}

/** Looks up a path in merged layers, in each of which its parent is a folder. Follows no link. */
async function find(path: string, lowers: readonly string[]): Promise<Found | undefined> {
  const seen: string[] = [];
  for (const lower of lowers) {
    const stats = await lstat(join(lower, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (stats === undefined) continue;
    if (stats.isDirectory()) seen.push(lower);
    // A character device marks an entry that an upper layer removed.
    else if (seen.length === 0) return stats.isCharacterDevice() ? undefined : { kind: 'other', lowers: [] };
    else break;
  }
  return seen.length === 0 ? undefined : { kind: 'folder', lowers: seen };
}
