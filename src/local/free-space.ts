import { statfsSync } from 'node:fs';

/** Space available to this user on the disk of a folder. */
export function freeMiBAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1_048_576);
}
