import { firstFew, quoted } from '../safe-text.ts';
import { itemId } from '../scoring/item-id.ts';

/** The paths below a folder of inputs: inputs, hidden files (skipped), and the faults of the rest. */
export interface FoundInputs {
  names: string[];
  hidden: string[];
  faults: string[];
}

/** Deepest nesting of folders; deeper sets are probably a mistake. */
export const maxFolderDepth = 16;

/** Bytes of a path. An S3 key has at most 1,024; campaign, kind and digest of the set take up to 300. */
const maxPathBytes = 700;
/** Bytes of a file name on Linux. */
const maxNameBytes = 255;

/** Files that systems and tools leave in folders, besides names that start with a dot. */
const leftovers =
  /^(?:Thumbs\.db|ehthumbs\.db|desktop\.ini|__MACOSX|\$RECYCLE\.BIN|System Volume Information|lost\+found)$/i;

/** Whether a file or folder is hidden or left by a system, and so not an input. */
export const isHidden = (name: string): boolean => name.startsWith('.') || leftovers.test(name);

/** Why a path below a folder cannot be an input; undefined if it can. */
function faultInName(path: string): string | undefined {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'is not a path below the folder';
  if (parts.length > maxFolderDepth + 1) return `is nested more than ${maxFolderDepth} folders deep`;
  if (/[\p{Cc}\p{Zl}\p{Zp}\uFFFD]/u.test(path)) return 'has an unprintable name';
  if (path.trim() !== path) return 'has a name that begins or ends with whitespace';
  if (bytesOf(path) > maxPathBytes || parts.some((part) => bytesOf(part) > maxNameBytes))
    return 'has a name that is too long';
  return undefined;
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Sorts paths into inputs, hidden files and faults. Two paths with the same id are a fault. */
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
    if (other !== undefined) found.faults.push(`two inputs have the same name ${quoted(id)} in Unicode NFC`);
    if (folders.has(name)) found.faults.push(`the input ${quoted(name)} is also a folder`);
    byId.set(id, name);
  }
  return found;
}

const foldersOf = (path: string): string[] => Array.from(path.matchAll(/\//g), ({ index }) => path.slice(0, index));

/** Describes the skipped hidden files; undefined if there are none. */
export function hiddenText(hidden: readonly string[]): string | undefined {
  if (hidden.length === 0) return undefined;
  const files = hidden.length === 1 ? '1 hidden file is' : `${hidden.length} hidden files are`;
  return `${files} skipped: ${firstFew(hidden.map((name) => quoted(name)))}`;
}
