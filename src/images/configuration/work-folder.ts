import { posix } from 'node:path';
import { folderAbove, hiddenFolders } from './mount-points.ts';
import type { ImageTree, WalkResult } from '../layers/image-tree.ts';
import { maxPathBytes } from '../path-limits.ts';
import { refuse } from '../refusal.ts';

/** Work folders below these have allowed escapes from containers (CVE-2024-21626). */
const kernelFolders = ['/proc', '/sys', '/dev'];

/**
 * The folder in which the command starts: the image's WORKDIR with its links resolved inside the image. It is never created:
 * a missing one is replaced by the deepest existing folder above it. Throws a Refusal if it is not a folder.
 */
export function acceptedWorkFolder(
  written: string,
  tree: ImageTree,
  mountPoints: readonly string[],
): { path: string; withheld: string[] } {
  if (written.includes('\0') || Buffer.byteLength(written) > maxPathBytes) refuse('WORKDIR of the image is not a path');
  const walk = tree.find(written);
  const isMissing = walk.kind === 'missing';
  const resolved = tree.pathOf(folderOf(walk));
  if (resolved.includes('\uFFFD')) refuse('WORKDIR of the image is a path that is not valid UTF-8');
  // Only a path that is not in the image is judged as written.
  const asWritten = posix.join('/', written).replace(/(?<=.)\/$/, '');
  const mounted = folderAbove(isMissing ? asWritten : resolved, [...mountPoints, ...hiddenFolders]);
  const path = mounted ?? resolved;
  if (folderAbove(path, kernelFolders) !== undefined || folderAbove(asWritten, kernelFolders) !== undefined) {
    return { path: '/', withheld: ['WORKDIR (a folder of the kernel)'] };
  }
  if (mounted !== undefined)
    return { path, withheld: asWritten === path || resolved === path ? [] : ['WORKDIR (hidden by a mount)'] };
  return { path, withheld: isMissing ? ['WORKDIR (not in the image)'] : [] };
}

/** The folder itself, or the deepest existing one above it. */
function folderOf(walk: WalkResult): number {
  if (walk.kind === 'missing') return walk.folder;
  if (walk.kind === 'folder') return walk.node;
  if (walk.kind === 'circle') return refuse('WORKDIR of the image is a link that leads in a circle');
  return refuse('WORKDIR of the image is a file, or lies below one');
}
