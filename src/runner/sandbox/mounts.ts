import { mkdir, open, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { run, succeed } from './command.ts';
import type { RunPaths } from './run-paths.ts';

/**
 * Room that ext4 takes for itself (bitmaps, 2 % that it always holds back, the inode table), and some more: a large write
 * fails as a whole a little before the end, and only beyond `bytes` shall it fail at all.
 */
const withOverhead = (bytes: number, inodes: number): number =>
  Math.ceil(bytes * 1.025) + 4 * mebibyte + inodes * inodeBytes;
const mebibyte = 1024 * 1024;
/** So large that what overlayfs notes of a file takes no block of its own. */
const inodeBytes = 512;
const usualInodes = 16_384;

/** Mounts a file system with room for at least `bytes` for the submission's output, who owns it. */
export const mountOutput = ({ outputImage, output, user }: RunPaths, bytes: number): Promise<void> =>
  mountCapped({ file: outputImage, folder: output, bytes, owner: user });

/** Mounts a file system for what is written to a writable root: `bytes`, and `entries` more names whose content is elsewhere. */
export const mountLayer = ({ layerImage, layer }: RunPaths, bytes: number, entries: number): Promise<void> =>
  mountCapped({ file: layerImage, folder: layer, bytes, entries, owner: '0:0' });

interface Capped {
  file: string;
  folder: string;
  bytes: number;
  entries?: number;
  owner: string;
}

/**
 * An ext4 in a sparse file, because pages of a tmpfs would count as the submission's memory. It goes with its loop device
 * when it is unmounted.
 */
async function mountCapped({ file, folder, bytes, entries = 0, owner }: Capped): Promise<void> {
  const inodes = usualInodes + entries;
  const image = await open(file, 'wx', 0o600);
  await image.truncate(withOverhead(bytes, inodes));
  await image.close();
  const layout = ['-b', '4096', '-m', '0', '-I', String(inodeBytes), '-N', String(inodes)];
  const features = ['-O', '^has_journal,^resize_inode', '-E', `root_owner=${owner},nodiscard`];
  await succeed(['mkfs.ext4', '-q', '-F', ...layout, ...features, file]);
  await mkdir(folder);
  await succeed(['mount', '-t', 'ext4', '-o', 'loop,nosuid,nodev', file, folder]);
}

/**
 * Mounts staged inputs for one run alone: runs of other teams share the files below, and a lock on one of those would be seen
 * by all (HDF5 refuses to read a file that somebody has locked). A read-only overlay needs two folders; the second is empty.
 */
export async function mountInputs({ inputs }: RunPaths, staged: string): Promise<void> {
  await mkdir(inputs);
  await succeed(['mount', '-t', 'overlay', '-o', `ro,nosuid,nodev,lowerdir=${staged}:${inputs}`, 'overlay', inputs]);
}

/** Mounts the root of a run, whose folder is there: `lower` below, and the mounted layer's folders `upper` and `work` for what is written. */
export async function mountRoot({ root, layer }: RunPaths, lower: string): Promise<void> {
  const layers = `lowerdir=${lower},upperdir=${join(layer, 'upper')},workdir=${join(layer, 'work')}`;
  // A file whose owner changes shall not be copied for that.
  await succeed(['mount', '-t', 'overlay', '-o', `nosuid,nodev,metacopy=on,${layers}`, 'overlay', root]);
}

/** Mounts the memory of an emulated device: exhausted after exactly `mebibytes`. */
export const mountDevice = ({ device }: RunPaths, mebibytes: number): Promise<void> =>
  mountMemory(device, `size=${mebibytes}m,noexec`);

/**
 * Mounts what is /tmp inside. An engine's own tmpfs would take the mode of the image's folder, in which the submission may
 * not be allowed to write.
 */
export const mountTemporary = ({ temporary }: RunPaths, mebibytes: number): Promise<void> =>
  mountMemory(temporary, `size=${mebibytes}m`);

/** Pages of a tmpfs count as memory of the container that writes them. */
async function mountMemory(folder: string, options: string): Promise<void> {
  await mkdir(folder);
  await succeed(['mount', '-t', 'tmpfs', '-o', `${options},mode=1777,nosuid,nodev`, 'none', folder]);
}

/** Takes down every mount of a run, and a loop device that was made but never mounted; quiet when there is none. */
export async function unmountAll({ folder, outputImage, layerImage }: RunPaths): Promise<void> {
  // The kernel names mounts without the links of the path they were made by.
  const real = await realpath(folder).catch(() => folder);
  const inside = (await hostMountPoints()).filter((point) => point.startsWith(`${real}/`));
  for (const point of inside.reverse()) {
    // Somebody who looks into it keeps it busy: it is detached now and goes when they leave.
    if ((await run(['umount', point])).status !== 0) await succeed(['umount', '--lazy', point]);
  }
  for (const file of [outputImage, layerImage]) {
    const { stdout } = await run(['losetup', '--associated', file, '--noheadings', '--output', 'NAME']);
    for (const loop of stdout.split('\n').filter(Boolean)) await run(['losetup', '--detach', loop.trim()]);
  }
}

/** Where something is mounted, in the order it was; proc(5) writes blanks in octal. */
export async function hostMountPoints(): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter(Boolean);
  const character = (_: string, octal: string): string => String.fromCharCode(Number.parseInt(octal, 8));
  return lines.map((line) => (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, character));
}
