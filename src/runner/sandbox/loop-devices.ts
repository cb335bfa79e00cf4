import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';

/** A loop device with the file behind it. */
export interface LoopDevice {
  /** `/dev/loop3`. */
  device: string;
  file: string;
  /** The file was deleted, so that losetup(8) no longer finds the device by it. */
  isDeleted: boolean;
}

const deletedMark = ' (deleted)';

/** The loop devices of this machine that have a file. */
export async function loopDevices(): Promise<LoopDevice[]> {
  const names = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'));
  const found = names.map(async (name): Promise<LoopDevice[]> => {
    // One without a file has no such attribute.
    const text = await readFile(join('/sys/block', name, 'loop', 'backing_file'), 'utf8').catch(() => undefined);
    if (text === undefined) return [];
    const file = text.replace(/\n$/, '');
    const isDeleted = file.endsWith(deletedMark);
    return [{ device: `/dev/${name}`, file: isDeleted ? file.slice(0, -deletedMark.length) : file, isDeleted }];
  });
  return (await Promise.all(found)).flat();
}

/** Unmounts a loop device wherever it is mounted and detaches it. The kernel keeps it while something still uses it. */
export async function detach({ device }: LoopDevice): Promise<void> {
  await run(['umount', '--all-targets', '--lazy', device]);
  // Unmounting the last one has detached it already.
  await run(['losetup', '--detach', device]);
}
