import { statfsSync } from 'node:fs';

/** Space available to this user on the disk of a folder. */
export function freeMiBAt(folder: string): number {
  const { bavail, bfree, bsize } = statfsSync(folder);
  // Many file systems keep a part for root.
  const blocks = process.getuid?.() === 0 ? bfree : bavail;
  return Math.floor((blocks * bsize) / 1_048_576);
}
