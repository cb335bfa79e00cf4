import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ContainerLayers } from './engine.ts';

/**
 * Puts an empty folder (or file) into a container's own layer wherever its image has something else in the way of a mount
 * point: a file, or a link, which may lead anywhere. What the image has below is hidden by the mount in any case. To be
 * called before the container starts; without known layers nothing is done, and the engine then refuses such an image.
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

/** Whether a path leads to a folder of `root`, and through no link on the way. */
export const leadsThroughFolders = async (path: string, root: string): Promise<boolean> =>
  (await follow(path, [root]))?.kind === 'folder';

/** How far a path leads through folders: all the way, or to a part that is none. Undefined when a part is missing. */
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
  /** The layers whose folders are seen there, one over the other. */
  lowers: string[];
}

/** What a path is over some layers, in each of which its parent is a folder: no link is followed. */
async function find(path: string, lowers: readonly string[]): Promise<Found | undefined> {
  const seen: string[] = [];
  for (const lower of lowers) {
    const stats = await lstat(join(lower, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (stats === undefined) continue;
    if (stats.isDirectory()) seen.push(lower);
    // A character device stands for what an upper layer took away.
    else if (seen.length === 0) return stats.isCharacterDevice() ? undefined : { kind: 'other', lowers: [] };
    else break;
  }
  return seen.length === 0 ? undefined : { kind: 'folder', lowers: seen };
}
