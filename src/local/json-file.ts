import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The parsed file; undefined when it is missing or a crash left it unreadable. Only for files that Holdout wrote. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller wrote the file and names its type
export function readJsonFile<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** The paths of the JSON files in a folder; none when there is no such folder. */
export const jsonFilesIn = (folder: string): string[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));

/**
 * Replaces a JSON file atomically: readers see the old or the new content. Only its owner can read it. With `durable` the
 * new content survives a power failure once this returns (under a millisecond on a disk with a cache); without, only the
 * end of this process. Synchronous, so that memory and disk never differ.
 */
export function writeJsonFile(file: string, value: unknown, { durable = false } = {}): void {
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, `${JSON.stringify(value, null, durable ? 0 : 2)}\n`, { mode: 0o600, flush: durable });
  renameSync(fresh, file);
  if (durable) syncFolder(dirname(file));
}

/** Makes the names in a folder durable: of files and folders that were created or renamed in it. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
