import { chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { holdoutError } from '../../../errors.ts';
import { readJsonFile } from '../../json-file.ts';
import { openIdentity, renewId, type HomeIdentity } from './home-identity.ts';
import { placesOf, type Home } from './home.ts';

const parent = '/run/holdout';

/**
 * Short paths for a home, on a file system that is empty after a reboot. Podman rejects run folders longer than 50
 * characters, paths of sockets have at most 107 bytes, and `:`, `,`, `+` and `?` have a meaning in mounts and in references of
 * skopeo and SQLite; a home's own path may contain anything.
 */
export function shortPathsOf({ id }: Pick<HomeIdentity, 'id'>) {
  const folder = join(parent, id);
  const home = join(folder, 'home');
  return {
    folder,
    /** A link to the home. */
    home,
    /** Podman's state of running containers. */
    engineRun: join(folder, 'run'),
    engineTemporary: join(folder, 'libpod'),
    // Inside the home, through the link:
    scratch: join(home, 'scratch'),
    images: join(home, 'images'),
    containers: join(home, 'containers'),
    temporal: join(home, 'temporal'),
  };
}

export type ShortPaths = ReturnType<typeof shortPathsOf>;

/** Creates the short folder, also after a reboot or when the home has moved. Throws HOME_UNUSABLE. */
export function openShortPaths(home: Home): ShortPaths {
  const paths = shortPathsOf(isCopy(home) ? renewId(home) : openIdentity(home));
  for (const folder of [parent, paths.folder]) ownFolder(folder);
  if (linkAt(paths.home) === home.folder) return paths;
  rmSync(paths.home, { recursive: true, force: true });
  symlinkSync(home.folder, paths.home);
  return paths;
}

/** Removes the short folder. Call it only when nothing is mounted in it and nothing runs. */
export function closeShortPaths(home: Home): void {
  const identity = readJsonFile<HomeIdentity>(home.identity);
  if (identity === undefined) return;
  const { folder, home: link } = shortPathsOf(identity);
  if (linkAt(link) === home.folder) rmSync(folder, { recursive: true, force: true });
}

/** Whether this home is a copy: it has the id of its original, which still exists. */
function isCopy(home: Home): boolean {
  const { id } = openIdentity(home);
  const target = linkAt(shortPathsOf({ id }).home);
  if (target === undefined || target === home.folder || !existsSync(target)) return false;
  return readJsonFile<HomeIdentity>(placesOf(target).identity)?.id === id;
}

function linkAt(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

/** Only this user may have created the folder, since the targets of its links are mounted into containers. */
function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.geteuid?.()) {
    throw holdoutError('HOME_UNUSABLE', { home: folder, cause: `it is not a folder of user ${process.geteuid?.()}` });
  }
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}
