import { submissionIds } from '../../submission-user.ts';
import type { ImageTree } from '../layers/image-tree.ts';
import { folderAbove, hiddenFolders } from './mount-points.ts';
import { refuse } from '../refusal.ts';

interface Surroundings {
  tree: ImageTree;
  /** Absolute. */
  workFolder: string;
  /** PATH of the container. */
  path: string;
  mountPoints: readonly string[];
}

/** Why a program cannot be run. Of several reasons the last one in this list is reported. */
const reasons = [
  'is not in the image',
  'is a folder',
  'is hidden by a mount of the container',
  `lies in a folder that submissions may not enter: they run as users of group ${submissionIds.group} (chmod o+x)`,
  `may not be executed: submissions run as users of group ${submissionIds.group} (chmod o+x)`,
] as const;
type Reason = (typeof reasons)[number];

/** Throws a Refusal when the first word of the command is not a program that submissions may run. */
export function checkEntryPoint(word: string | undefined, surroundings: Surroundings): void {
  if (word === undefined) refuse('the image has neither ENTRYPOINT nor CMD: it does not say what to run');
  if (word === '') refuse('the entry point of the image is empty: it does not say what to run');
  const { tree, workFolder, path } = surroundings;
  const folders = word.includes('/') ? [workFolder] : path.split(':').map((folder) => from(workFolder, folder));
  const found = folders.map((folder) => programAt(from(folder, word), surroundings));
  const program = found.find((one) => typeof one === 'number');
  if (program === undefined) {
    const worst = reasons.findLast((reason) => found.includes(reason)) ?? reasons[0];
    refuse(`the entry point of the image ${worst}`);
  }
  checkInterpreter(tree.extraOf(program), surroundings);
}

/** A path relative to a folder. Not normalized: as in the kernel, `..` depends on links. */
const from = (folder: string, path: string): string => (path.startsWith('/') ? path : `${folder}/${path}`);

/** The node of a program, or why it cannot be run. */
function programAt(path: string | Buffer, { tree, mountPoints }: Surroundings): number | Reason {
  const walk = tree.find(path);
  if (walk.kind === 'folder') return reasons[1];
  if (walk.kind !== 'file') return reasons[0];
  if (folderAbove(tree.pathOf(walk.node), [...hiddenFolders, ...mountPoints]) !== undefined) return reasons[2];
  if (!walk.searchable) return reasons[3];
  return tree.isUsable(walk.node) ? walk.node : reasons[4];
}

/** `name` is the interpreter in the first line of a script, empty for other programs. */
function checkInterpreter(name: Buffer, surroundings: Surroundings): void {
  if (name.length === 0) return;
  const isAbsolute = name[0] === 0x2f;
  const path = isAbsolute ? name : Buffer.concat([Buffer.from(`${surroundings.workFolder}/`), name]);
  const interpreter = programAt(path, surroundings);
  if (typeof interpreter === 'number') return;
  if (name[name.length - 1] === 0x0d) {
    refuse('the entry point of the image is a script with Windows line endings (CR LF); save it with LF alone');
  }
  refuse(`the program that the first line (#!) of the entry point names ${interpreter}`);
}
