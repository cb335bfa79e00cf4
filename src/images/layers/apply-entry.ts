import { submissionIds } from '../../submission-user.ts';
import { maxNameBytes, maxPathBytes } from '../path-limits.ts';
import { refuse } from '../refusal.ts';
import type { ImageTree } from './image-tree.ts';
import type { LayerEntry } from './layer-reader.ts';

const slash = 0x2f;
const whiteout = '.wh.';
/** Metadata of aufs beside the files; engines unpack it like any file. */
const aufs = '.wh..wh.';
const opaque = '.wh..wh..opq';
const nothing = Buffer.alloc(0);

/** Adds an entry of a layer to the tree, as engines unpack it. Throws a Refusal if it is invalid or outside the image. */
export function applyEntry(tree: ImageTree, entry: LayerEntry): void {
  const path = trimmed(entry.name);
  const { parent, name } = checkedPath(path);
  if (name.length === 0) {
    if (entry.type !== 'folder') refuse('a layer has a file or a link in place of the root folder');
    return;
  }
  if (isReserved(name)) {
    const text = name.toString('latin1');
    if (text === opaque) return tree.hideLower(parent);
    if (!text.startsWith(aufs)) return tree.remove(parent, whitedOut(name));
    if (parent.length > 0) refuse('a layer has a reserved name (.wh..wh.) in a folder');
  }
  if (entry.type === 'folder') tree.addFolder(parent, name, mayUse(entry));
  else if (entry.type === 'hard link') tree.addHardLink(parent, name, checkedTarget(entry.target));
  else if (entry.type === 'symbolic link') tree.addLeaf('link', parent, name, false, checkedTarget(entry.target));
  else tree.addLeaf('file', parent, name, mayUse(entry), interpreterIn(entry.start));
}

/** Without slashes and `./` around it. */
function trimmed(name: Buffer): Buffer {
  let start = 0;
  let end = name.length;
  for (;;) {
    if (name[start] === slash) start += 1;
    else if (name[start] === 0x2e && (name[start + 1] === slash || start + 1 === end)) start += 1;
    else break;
  }
  while (end > start && name[end - 1] === slash) end -= 1;
  return start >= end ? nothing : name.subarray(start, end);
}

/** Folder and name of a trimmed path. The tree ignores `.` and doubled slashes in the folder. */
function checkedPath(path: Buffer): { parent: Buffer; name: Buffer } {
  if (path.length > maxPathBytes) refuse(`a layer has a path longer than ${maxPathBytes} bytes`);
  const cut = path.lastIndexOf(slash);
  const name = path.subarray(cut + 1);
  const parent = path.subarray(0, Math.max(cut, 0));
  if (isDot(name)) return checkedPath(trimmed(parent));
  for (let start = 0; start <= path.length;) {
    const found = path.indexOf(slash, start);
    const end = found === -1 ? path.length : found;
    if (end - start > maxNameBytes) refuse(`a layer has a name longer than ${maxNameBytes} bytes`);
    if (end - start === 2 && path[start] === 0x2e && path[start + 1] === 0x2e)
      refuse('a layer has a path with ".." in it');
    const isFolder = end < path.length;
    if (isFolder && isReserved(path.subarray(start, end)) && (start > 0 || !isOfAufs(path.subarray(0, end)))) {
      refuse('a layer has an entry below a name that marks a removal (.wh.)');
    }
    start = end + 1;
  }
  return { parent, name };
}

const isDot = (name: Buffer): boolean => name.length === 1 && name[0] === 0x2e;
const isReserved = (name: Buffer): boolean =>
  name[0] === 0x2e && name[1] === 0x77 && name[2] === 0x68 && name[3] === 0x2e;
const isOfAufs = (name: Buffer): boolean =>
  name.toString('latin1').startsWith(aufs) && !name.equals(Buffer.from(opaque));

/** The name of the file that a whiteout removes. */
function whitedOut(name: Buffer): Buffer {
  const removed = name.subarray(whiteout.length);
  const text = removed.toString('latin1');
  if (text === '' || text === '.' || text === '..') refuse('a layer marks a folder itself as removed (.wh.)');
  return removed;
}

function checkedTarget(target: Buffer): Buffer {
  if (target.length === 0 || target.length > maxPathBytes) {
    refuse(`a layer has a link whose target is ${target.length === 0 ? 'empty' : 'too long'}`);
  }
  return target;
}

/** Whether submissions may execute the file or enter the folder. */
function mayUse({ mode, gid }: LayerEntry): boolean {
  return (mode & (gid === submissionIds.group ? 0o010 : 0o001)) !== 0;
}

/** The interpreter in the first line of a script, empty for other files. */
function interpreterIn(start: Buffer): Buffer {
  if (start[0] !== 0x23 || start[1] !== 0x21) return nothing;
  const text = start.toString('latin1', 2);
  return Buffer.from(/^[ \t]*([^ \t\n\0]+)/.exec(text)?.[1] ?? '', 'latin1');
}
