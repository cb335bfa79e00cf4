import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { holdoutError } from '../../../errors.ts';
import { counted } from '../../../safe-text.ts';
import type { ReportLine } from '../../report-line.ts';

/** The modes of files inside matter to images and runs; closing the folder above them is enough. */
const closedAtTheTop = ['scratch', 'containers'];

/** Permission bits of group and others. */
const others = 0o077;

/**
 * Creates a home that only its owner can read: it holds labels, the test set, keys and histories. A home that is open, from
 * an older version or a looser umask, is closed file by file and reported. Throws HOME_UNUSABLE for a folder of another user,
 * and for an open folder with files that are not Holdout's. `places` are the names of the stack's files in a home.
 */
export function makePrivate(home: string, places: readonly string[], report: ReportLine): void {
  if (!existsSync(home)) {
    if (!existsSync(dirname(home))) mkdirSync(dirname(home), { recursive: true });
    mkdirSync(home, { mode: 0o700 });
    return;
  }
  const { uid, mode } = lstatSync(home);
  const self = process.geteuid?.() ?? uid;
  if (uid !== self) {
    const cause = `it belongs to user ${uid}, who could read the labels; this is user ${self} (chown -R ${self} makes it yours)`;
    throw holdoutError('HOME_UNUSABLE', { home, cause });
  }
  if ((mode & others) === 0) return;
  const ours = [...places, 'results', 'pilots', 'record-keys', 'pseudonym-secrets'];
  const found = readdirSync(home);
  // The folder of docker compose stays as it is.
  if (!found.includes('credentials.json') && found.some((name) => ![...ours, 'compose'].includes(name))) {
    const cause = 'it is open to other users and has other files in it (use an empty folder, or chmod 700)';
    throw holdoutError('HOME_UNUSABLE', { home, cause });
  }
  chmodSync(home, 0o700);
  const closed = ours.reduce((count, name) => count + closeTree(join(home, name), !closedAtTheTop.includes(name)), 0);
  if (closed > 0)
    report(`${home} was open to other users: it and ${counted(closed, 'file')} inside are now yours alone`);
}

/** Returns the number of files and folders that were open. Ignores links: their targets are not Holdout's. */
function closeTree(path: string, withContent: boolean): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || !(found.isDirectory() || found.isFile())) return 0;
  const isOpen = (found.mode & others) !== 0;
  try {
    if (isOpen) chmodSync(path, found.mode & 0o700);
    const content = found.isDirectory() && withContent ? readdirSync(path) : [];
    return content.reduce((count, name) => count + closeTree(join(path, name), true), isOpen ? 1 : 0);
  } catch (error) {
    // A running stack may remove files at the same time.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
