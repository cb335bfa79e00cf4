import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { succeed } from './command.ts';

/**
 * Holds a file's flock(2) while `work` runs; other runners of the host wait. The lock belongs to the open file, which this
 * process shares with flock(1): the kernel releases it when this process ends, even if it is killed. The file remains.
 */
export async function withLock<T>(file: string, stop: AbortSignal, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  try {
    await succeed(['flock', '--exclusive', '3'], { stop, descriptor: handle.fd });
    return await work();
  } finally {
    await handle.close();
  }
}
