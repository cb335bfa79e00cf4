import type { ImageTree } from '../layers/image-tree.ts';
import { refuse } from '../refusal.ts';

/** Folders that every container gets from the engine, whatever its image has there. */
const ownFolders = ['/proc', '/sys', '/dev', '/etc'];
/** Folders in which engines write single files. */
const shared = ['/tmp', '/run'];
const ownFiles = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/etc/passwd', '/etc/group', '/run/.containerenv'];

/** Folders of the image that mounts hide when a container starts. */
export const hiddenFolders = ['/proc', '/sys', '/dev', '/tmp'];

/** The first of `folders` that is the path itself or above it. */
export const folderAbove = (path: string, folders: readonly string[]): string | undefined =>
  folders.find((folder) => path === folder || path.startsWith(`${folder}/`));

/** Throws a Refusal for an image with a file where engines mount a folder, or the reverse: no engine can start it. */
export function checkMountPoints(tree: ImageTree, mountPoints: readonly string[]): void {
  for (const place of ownFolders) {
    const { kind } = tree.find(place, false);
    if (kind === 'file' || kind === 'link') {
      refuse(`the image has a ${kind} in place of the folder ${place}; leave it out, every container gets its own`);
    }
  }
  for (const place of [...shared, ...mountPoints]) {
    const { kind } = tree.find(place);
    if (kind !== 'folder' && kind !== 'missing') {
      refuse(`the image has a file, or a link that leads to no folder, in place of the folder ${place}`);
    }
  }
  for (const place of ownFiles) {
    const { kind } = tree.find(place);
    if (kind !== 'file' && kind !== 'missing') {
      refuse(`the image has a folder, or a link that leads to no file, in place of the file ${place}`);
    }
  }
}
