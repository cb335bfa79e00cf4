import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes JSON so that it is wholly there or not at all, even after a loss of power, once this returns. Synchronous on
 * purpose (under a millisecond on a disk with a cache): what memory says and what the disk says never differ.
 */
export function writeDurably(file: string, value: unknown): void {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w');
  try {
    writeFileSync(handle, `${JSON.stringify(value)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
  syncFolder(dirname(file));
}

/** Makes the names in a folder durable: files that were created in it, and folders. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
