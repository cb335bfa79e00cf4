import { mkdir, open, readFile, realpath } from 'node:fs/promises';
import { run, succeed } from './command.ts';
import type { RunPlace } from './run-place.ts';

/**
 * Room that ext4 takes for itself (inode table, bitmaps, 2 % that it always holds back), and some more: a large write fails
 * as a whole a little before the end, and only beyond `bytes` shall it fail at all.
 */
const withOverhead = (bytes: number): number => Math.ceil(bytes * 1.025) + 8 * 1024 * 1024;
const inodes = 16_384;

/**
 * Mounts a file system with room for at least `bytes` for the submission's output: an ext4 in a sparse file, because pages of a tmpfs would
 * count as the submission's memory. It goes with its loop device when it is unmounted.
 */
export async function mountOutput({ outputImage, output }: RunPlace, bytes: number): Promise<void> {
  const file = await open(outputImage, 'wx', 0o600);
  await file.truncate(withOverhead(bytes));
  await file.close();
  const layout = ['-b', '4096', '-m', '0', '-N', String(inodes), '-O', '^has_journal,^resize_inode'];
  const owner = ['-E', 'root_owner=64001:64001,nodiscard'];
  await succeed(['mkfs.ext4', '-q', '-F', ...layout, ...owner, outputImage]);
  await mkdir(output);
  await succeed(['mount', '-t', 'ext4', '-o', 'loop,nosuid,nodev', outputImage, output]);
}

/** Mounts the memory of an emulated device: exhausted after exactly `mebibytes`. */
export const mountDevice = ({ device }: RunPlace, mebibytes: number): Promise<void> =>
  mountMemory(device, `size=${mebibytes}m,noexec`);

/**
 * Mounts what is /tmp inside. An engine's own tmpfs would take the mode of the image's folder, in which the submission may
 * not be allowed to write.
 */
export const mountTemporary = ({ temporary }: RunPlace, mebibytes: number): Promise<void> =>
  mountMemory(temporary, `size=${mebibytes}m`);

/** Pages of a tmpfs count as memory of the container that writes them. */
async function mountMemory(folder: string, options: string): Promise<void> {
  await mkdir(folder);
  await succeed(['mount', '-t', 'tmpfs', '-o', `${options},mode=1777,nosuid,nodev`, 'none', folder]);
}

/** Takes down every mount of a run, and a loop device that was made but never mounted; quiet when there is none. */
export async function unmountAll({ folder, outputImage }: RunPlace): Promise<void> {
  // The kernel names mounts without the links of the path they were made by.
  const real = await realpath(folder).catch(() => folder);
  const inside = (await mountPoints()).filter((point) => point.startsWith(`${real}/`));
  for (const point of inside.reverse()) {
    // Somebody who looks into it keeps it busy: it is detached now and goes when they leave.
    if ((await run(['umount', point])).exitCode !== 0) await succeed(['umount', '--lazy', point]);
  }
  const { stdout } = await run(['losetup', '--associated', outputImage, '--noheadings', '--output', 'NAME']);
  for (const loop of stdout.split('\n').filter(Boolean)) await run(['losetup', '--detach', loop.trim()]);
}

/** Where something is mounted, in the order it was; proc(5) writes blanks in octal. */
export async function mountPoints(): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter(Boolean);
  const character = (_: string, octal: string): string => String.fromCharCode(Number.parseInt(octal, 8));
  return lines.map((line) => (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, character));
}
