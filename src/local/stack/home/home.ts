import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { HoldoutError, messageOf, holdoutError } from '../../../errors.ts';
import type { ReportLine } from '../../report-line.ts';
import { freeMiBAt } from '../../free-space.ts';
import { makePrivate } from './private-home.ts';

const places = {
  logs: 'logs',
  /** One record per started process, and the workers' ready files. */
  run: 'run',
  temporal: 'temporal',
  s3: 's3',
  /** Exists only on file systems without extended attributes. */
  s3Metadata: 's3-metadata',
  s3Accounts: 's3-accounts',
  /** State of the local Batch endpoint and its start-up file. */
  batch: 'batch',
  /** The private image store, an OCI layout. */
  images: 'images',
  /** Staged inputs and run folders of the runners. */
  scratch: 'scratch',
  containers: 'containers',
  credentials: 'credentials.json',
  /** The keys that seal Temporal's payloads, see codec-keys.ts. */
  codecKeys: 'codec-keys.json',
  /** The identities that open sealed outputs and logs. */
  sealKeys: 'seal-keys',
  webToken: 'web-token.json',
  /** See home-identity.ts. */
  identity: 'home.json',
  /** Ports and container engine, for the next start. */
  stack: 'stack.json',
  queues: 'queues.json',
  /** The processes that use the stack, see users.ts. */
  users: 'users',
  /** The process that is shutting the stack down for all its users. */
  ending: 'run/ending',
  /** The process that has completely started the stack. */
  ready: 'run/stack.ready',
  lock: 'lock',
};

/** The paths under HOLDOUT_HOME. */
export type Home = { folder: string } & { [Place in keyof typeof places]: string };

/** HOLDOUT_HOME, by default `.holdout` in the current folder; always absolute. */
export const homeFolder = (env: NodeJS.ProcessEnv = process.env): string => resolve(env['HOLDOUT_HOME'] || '.holdout');

export function placesOf(home: string): Home {
  const folder = realPath(resolve(home));
  const paths = Object.entries(places).map(([place, path]) => [place, join(folder, path)] as const);
  return { folder, ...Object.fromEntries(paths) } as Home;
}

/** For databases, images and the outputs of a few runs; with less, a stack would only fail later. */
export const neededMiB = 2048;

/** Creates the folders, readable only by their owner. Throws HOME_UNUSABLE, or DISK_FULL if not even they can be made. */
export function openHome(home: string, report: ReportLine = () => undefined): Home {
  const opened = placesOf(home);
  const { folder, logs, run, temporal, s3Accounts, batch, images, scratch, containers } = opened;
  try {
    accessSync(nearestFolder(folder), constants.W_OK);
    makePrivate(folder, Object.values(places), report);
    for (const needed of [logs, run, temporal, s3Accounts, batch, images, scratch, containers]) {
      mkdirSync(needed, { recursive: true, mode: 0o700 });
    }
  } catch (error) {
    if (error instanceof HoldoutError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw holdoutError('DISK_FULL', { home: folder, freeMiB: 0, neededMiB });
    throw holdoutError('HOME_UNUSABLE', { home: folder, cause: messageOf(error) }, error);
  }
  return opened;
}

/** Throws DISK_FULL unless there is room for a stack. One that is up waits for room by itself: commands may join it. */
export function requireRoom({ folder }: Pick<Home, 'folder'>): void {
  const freeMiB = freeMiBAt(folder);
  if (freeMiB < neededMiB) throw holdoutError('DISK_FULL', { home: folder, freeMiB, neededMiB });
}

/** The folder, or the nearest existing one above it. */
export function nearestFolder(folder: string): string {
  let found = folder;
  while (!existsSync(found)) found = dirname(found);
  return found;
}

/** The path without links, as in the kernel's mountinfo; a part that does not exist yet stays unchanged. */
function realPath(folder: string): string {
  const found = nearestFolder(folder);
  return join(realpathSync(found), relative(found, folder));
}
