import { readFileSync, statSync } from 'node:fs';

/** Permission bits of group and others. */
const others = 0o077;

/** Reads a file of secrets. Throws an error that says why others may read it or why it cannot be read. */
export function readPrivateFile(file: string): string {
  const { mode, uid } = statSync(file);
  if ((mode & others) !== 0)
    throw new Error(`its mode is ${(mode & 0o777).toString(8)}, so other users may read it (chmod 600)`);
  const self = process.geteuid?.() ?? uid;
  if (uid !== self && self !== 0) throw new Error(`it belongs to user ${uid}, and this is user ${self}`);
  return readFileSync(file, 'utf8');
}
