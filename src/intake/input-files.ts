import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from '../safe-text.ts';
import { handedIn } from './handed-in.ts';
import { isHidden, maxFolderDepth, sortNames, type FoundInputs } from './input-names.ts';

/**
 * Finds the inputs in a local folder and its sub-folders. Anything that is neither file nor folder is a fault, and so are links,
 * because their targets could change after the check. Throws if a folder cannot be read.
 */
export async function inputsIn(folder: string): Promise<FoundInputs> {
  const paths: string[] = [];
  const hidden: string[] = [];
  const faults: string[] = [];
  const walk = async (below: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = `${below}${entry.name}`;
      if (isHidden(entry.name)) hidden.push(entry.isDirectory() ? `${path}/` : path);
      else if (entry.isFile()) paths.push(path);
      else if (!entry.isDirectory()) faults.push(`the input ${quoted(path)} is ${kindOf(entry)}, must be a file`);
      else if (depth < maxFolderDepth) await walk(`${path}/`, depth + 1);
      else faults.push(`the folder ${quoted(path)} is nested more than ${maxFolderDepth} folders deep`);
    }
  };
  await walk('', 0);
  const sorted = sortNames(paths);
  return { names: sorted.names, hidden: hidden.sort(), faults: [...faults.sort(), ...sorted.faults] };
}

const kindOf = (entry: { isSymbolicLink: () => boolean }): string =>
  entry.isSymbolicLink() ? 'a symbolic link' : 'a device, pipe or socket';

/** Counts the inputs of a checked folder. Throws HAND_IN_CHANGED if it is gone. */
export const countInputs = async (folder: string): Promise<number> =>
  (await handedIn('The folder of inputs', folder, () => inputsIn(folder))).names.length;
