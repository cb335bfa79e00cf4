import { hostMountPoints } from '../runner/sandbox/mounts.ts';
import { runCommand } from '../run-command.ts';

/** Unmounts everything below a folder, innermost first; returns whether nothing is left. */
export async function unmountBelow(folder: string): Promise<boolean> {
  for (const point of (await mountsBelow(folder)).reverse()) await runCommand('umount', [point], { timeout: 10_000 });
  return (await mountsBelow(folder)).length === 0;
}

/** The mount points below a folder, oldest first. */
export const mountsBelow = async (folder: string): Promise<string[]> =>
  (await hostMountPoints()).filter((point) => point.startsWith(`${folder}/`));
