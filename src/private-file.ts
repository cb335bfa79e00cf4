import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

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

/** Writes a new file of secrets as a whole, readable by its owner alone, in a folder that is. Throws EEXIST if there is one. */
export function writePrivateFile(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.new`;
  try {
    writeFileSync(fresh, content, { mode: 0o600, flush: true });
    linkSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}
