import { mkdir, open, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { run, succeed } from './command.ts';
import type { RunPaths } from './run-paths.ts';

/**
 * Adds the space that ext4 needs itself (bitmaps, 2 % reserved, the inode table), and some more: a large write fails a little
 * before the file system is full, but must not fail within `bytes`.
 */
const withOverhead = (bytes: number, inodes: number): number =>
  Math.ceil(bytes * 1.025) + 4 * mebibyte + inodes * inodeBytes;
const mebibyte = 1024 * 1024;
/** Large enough to hold the attributes that overlayfs adds, which would need a block otherwise. */
const inodeBytes = 512;
const usualInodes = 16_384;

/** Mounts a file system for the submission's output, owned by the submission, with space for `bytes`. */
export const mountOutput = ({ outputImage, output, user }: RunPaths, bytes: number): Promise<void> =>
  mountCapped({ file: outputImage, folder: output, bytes, owner: user });

/** Mounts a file system for writes to a writable root: `bytes`, and `entries` names whose content is elsewhere. */
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
 * Mounts an ext4 in a sparse file, because pages of a tmpfs would count as the submission's memory. Unmounting it also
 * removes its loop device.
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
 * Gives a run its own mount of the staged inputs. Runs of other teams use the same files, and all would see a lock on one
 * (HDF5 refuses to read a locked file). A read-only overlay needs two folders; the second is empty.
 */
export async function mountInputs({ inputs }: RunPaths, staged: string): Promise<void> {
  await mkdir(inputs);
  await succeed(['mount', '-t', 'overlay', '-o', `ro,nosuid,nodev,lowerdir=${staged}:${inputs}`, 'overlay', inputs]);
}

/** Mounts a run's writable root on its existing folder: `lower` below, writes go to the mounted layer. */
export async function mountRoot({ root, layer }: RunPaths, lower: string): Promise<void> {
  const layers = `lowerdir=${lower},upperdir=${join(layer, 'upper')},workdir=${join(layer, 'work')}`;
  // A change of owner must not copy the file.
  await succeed(['mount', '-t', 'overlay', '-o', `nosuid,nodev,metacopy=on,${layers}`, 'overlay', root]);
}

/** Mounts the memory of an emulated device, exactly `mebibytes` in size. */
export const mountDevice = ({ device }: RunPaths, mebibytes: number): Promise<void> =>
  mountMemory(device, `size=${mebibytes}m,noexec`);

/** The size of /tmp. Temporary files count as memory; they get half of it, the kernel's own default. */
export const temporaryMiB = (memoryMiB: number): number => Math.ceil(memoryMiB / 2);

/** Mounts /tmp. An engine's own tmpfs would have the mode of the image's folder, which the submission may be unable to write. */
export const mountTemporary = ({ temporary }: RunPaths, mebibytes: number): Promise<void> =>
  mountMemory(temporary, `size=${mebibytes}m`);

/** Pseudo-terminals of a run; far more than the few that programs open (tmux, pexpect, script). */
export const mostTerminals = 32;

/**
 * Mounts a run's /dev/pts. All containers of a host together have kernel.pty.max less pty.reserve pseudo-terminals, 3,072 by default;
 * the engines' own mounts let one run take them all.
 */
export async function mountTerminals({ terminals }: RunPaths): Promise<void> {
  await mkdir(terminals);
  const options = `max=${mostTerminals},ptmxmode=0666,mode=0620,gid=5,nosuid,noexec`;
  await succeed(['mount', '-t', 'devpts', '-o', options, 'devpts', terminals]);
}

/** The pages of a tmpfs count as memory of the container that writes them. */
async function mountMemory(folder: string, options: string): Promise<void> {
  await mkdir(folder);
  await succeed(['mount', '-t', 'tmpfs', '-o', `${options},mode=1777,nosuid,nodev`, 'none', folder]);
}

/** Unmounts all mounts of a run and detaches loop devices that were never mounted. */
export async function unmountAll({ folder, outputImage, layerImage }: RunPaths): Promise<void> {
  // The kernel lists mounts by their real path.
  const real = await realpath(folder).catch(() => folder);
  const inside = (await hostMountPoints()).filter((point) => point.startsWith(`${real}/`));
  for (const point of inside.reverse()) {
    // Busy while another process uses it: detached now, and gone when that process is done.
    if ((await run(['umount', point])).status !== 0) await succeed(['umount', '--lazy', point]);
  }
  for (const file of [outputImage, layerImage]) {
    const { stdout } = await run(['losetup', '--associated', file, '--noheadings', '--output', 'NAME']);
    for (const loop of stdout.split('\n').filter(Boolean)) await run(['losetup', '--detach', loop.trim()]);
  }
}

/** The host's mount points, oldest first; proc(5) writes blanks in octal. */
export async function hostMountPoints(): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter(Boolean);
  const character = (_: string, octal: string): string => String.fromCharCode(Number.parseInt(octal, 8));
  return lines.map((line) => (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, character));
}
