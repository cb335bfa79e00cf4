import { quoted } from '../safe-text.ts';
import { itemId } from '../scoring/item-id.ts';

/** Paths below a folder of inputs: those of inputs, those that are hidden and left out, and what is wrong with the rest. */
export interface FoundInputs {
  names: string[];
  hidden: string[];
  faults: string[];
}

/** Folders within folders; a set that goes deeper is laid out by mistake. */
export const maxFolderDepth = 16;

/** Bytes of a path: a key in S3 has 1,024, of which campaign, kind and digest of the set take up to 300. */
const maxPathBytes = 700;
/** Bytes of one name in a Linux file system. */
const maxNameBytes = 255;

/** What systems and tools leave in folders, besides names that begin with a dot. */
const leftovers =
  /^(?:Thumbs\.db|ehthumbs\.db|desktop\.ini|__MACOSX|\$RECYCLE\.BIN|System Volume Information|lost\+found)$/i;

/** Whether a file or folder of this name is no input: hidden, or left by a system. Pure. */
export const isHidden = (name: string): boolean => name.startsWith('.') || leftovers.test(name);

/** What makes a path below a folder of inputs unfit to be one's; undefined when nothing does. Pure. */
export function faultInName(path: string): string | undefined {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'is no path below the folder';
  if (parts.length > maxFolderDepth + 1) return `lies in more than ${maxFolderDepth} folders`;
  if (/[\p{Cc}\p{Zl}\p{Zp}\uFFFD]/u.test(path)) return 'has an unprintable name';
  if (path.trim() !== path) return 'has a name that begins or ends with a blank';
  if (bytesOf(path) > maxPathBytes || parts.some((part) => bytesOf(part) > maxNameBytes)) return 'has too long a name';
  return undefined;
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Sorts paths into inputs, hidden ones and faults; two that have the same id are a fault. Pure. */
export function sortNames(paths: readonly string[]): FoundInputs {
  const found: FoundInputs = { names: [], hidden: [], faults: [] };
  for (const path of [...paths].sort()) {
    const fault = faultInName(path);
    if (path.split('/').some((part) => part !== '..' && part !== '.' && isHidden(part))) found.hidden.push(path);
    else if (fault !== undefined) found.faults.push(`the input ${quoted(path)} ${fault}`);
    else found.names.push(path);
  }
  const byId = new Map<string, string>();
  const folders = new Set(found.names.flatMap(foldersOf));
  for (const name of found.names) {
    const id = itemId(name);
    const other = byId.get(id);
    if (other !== undefined)
      found.faults.push(`two inputs are named ${quoted(id)}, composed and decomposed (the same in Unicode NFC)`);
    if (folders.has(name)) found.faults.push(`the input ${quoted(name)} is a folder, too`);
    byId.set(id, name);
  }
  return found;
}

const foldersOf = (path: string): string[] => Array.from(path.matchAll(/\//g), ({ index }) => path.slice(0, index));

const maxListed = 5;

/** The hidden files that are left out, in words; undefined when there are none. Pure. */
export function hiddenText(hidden: readonly string[]): string | undefined {
  if (hidden.length === 0) return undefined;
  const shown = hidden.slice(0, maxListed).map((name) => quoted(name));
  const files =
    hidden.length === 1 ? '1 hidden file is no input and is' : `${hidden.length} hidden files are no inputs and are`;
  return `${files} left out: ${shown.join(', ')}${hidden.length > maxListed ? ', …' : ''}`;
}
