import { existsSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { holdoutError, messageOf } from '../errors.ts';
import { skopeo } from '../images/store/skopeo.ts';

/**
 * Checks that this machine has what copies images: skopeo, and a folder that it can write to, or can make. Throws
 * IMAGE_TOOL_MISSING or WORKER_UNREADY.
 */
export async function checkImageTools(folder: string): Promise<void> {
  await skopeo('--version');
  try {
    await rmdir(await mkdtemp(join(nearestFolder(resolve(folder)), 'holdout-')));
  } catch (error) {
    throw holdoutError(
      'WORKER_UNREADY',
      {
        missing: `a folder for images that it can write to (${messageOf(error)})`,
        next: 'Set HOLDOUT_SCRATCH to a folder of this user, or leave the queue images out with --queues.',
      },
      error,
    );
  }
}

const nearestFolder = (path: string): string => (existsSync(path) ? path : nearestFolder(dirname(path)));
