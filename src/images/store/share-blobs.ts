import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { flush } from './flush.ts';

/**
 * Stores equal blobs of many image layouts once: each blob becomes a hard link to the first of its name in `shared`, which
 * gets it once its content is durable. Several processes may do this at once; both folders must be on one file system.
 */
export async function shareBlobs(blobs: string, shared: string): Promise<void> {
  await mkdir(shared, { recursive: true });
  for (const name of await readdir(blobs)) {
    const blob = join(blobs, name);
    if (!existsSync(join(shared, name))) await flush(blob);
    try {
      await link(blob, join(shared, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await link(join(shared, name), `${blob}.shared`);
      await rename(`${blob}.shared`, blob);
    }
  }
}
