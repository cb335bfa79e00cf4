import { accessSync, constants, existsSync, mkdirSync, realpathSync, statfsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { HoldoutError, messageOf, holdoutError } from '../../../errors.ts';
import type { ReportLine } from '../../report.ts';
import { makePrivate } from './private-home.ts';

/** The paths under HOLDOUT_HOME. */
export interface Home {
  folder: string;
  logs: string;
  /** One record per started process, and the workers' ready files. */
  run: string;
  temporal: string;
  s3: string;
  /** Exists only on file systems without extended attributes. */
  s3Metadata: string;
  s3Accounts: string;
  /** State of the local Batch endpoint and its start-up file. */
  batch: string;
  /** The private image store, an OCI layout. */
  images: string;
  /** Staged inputs and run folders of the runners. */
  scratch: string;
  containers: string;
  credentials: string;
  /** See home-identity.ts. */
  identity: string;
  /** Ports and container engine, for the next start. */
  stack: string;
  queues: string;
  /** The processes that use the stack, see users.ts. */
  users: string;
  /** The process that is shutting the stack down for all its users. */
  ending: string;
  /** The process that has completely started the stack. */
  ready: string;
  lock: string;
}

/** HOLDOUT_HOME, by default `.holdout` in the current folder; always absolute. */
export const homeFolder = (env: NodeJS.ProcessEnv = process.env): string => resolve(env['HOLDOUT_HOME'] || '.holdout');

export function placesOf(home: string): Home {
  const folder = realPath(resolve(home));
  return {
    folder,
    logs: join(folder, 'logs'),
    run: join(folder, 'run'),
    temporal: join(folder, 'temporal'),
    s3: join(folder, 's3'),
    s3Metadata: join(folder, 's3-metadata'),
    s3Accounts: join(folder, 's3-accounts'),
    batch: join(folder, 'batch'),
    images: join(folder, 'images'),
    scratch: join(folder, 'scratch'),
    containers: join(folder, 'containers'),
    credentials: join(folder, 'credentials.json'),
    identity: join(folder, 'home.json'),
    stack: join(folder, 'stack.json'),
    queues: join(folder, 'queues.json'),
    users: join(folder, 'users'),
    ending: join(folder, 'run', 'ending'),
    ready: join(folder, 'run', 'stack.ready'),
    lock: join(folder, 'lock'),
  };
}

/** For databases, images and the outputs of a few runs; with less, a stack would only fail later. */
export const neededMiB = 2048;

/** Creates the folders, readable only by their owner. Throws HOME_UNUSABLE or DISK_FULL. */
export function openHome(home: string, report: ReportLine = () => undefined): Home {
  const places = placesOf(home);
  const { folder, logs, run, temporal, s3Accounts, batch, images, scratch, containers } = places;
  try {
    accessSync(nearestFolder(folder), constants.W_OK);
    makePrivate(folder, report);
    for (const needed of [logs, run, temporal, s3Accounts, batch, images, scratch, containers]) {
      mkdirSync(needed, { recursive: true, mode: 0o700 });
    }
  } catch (error) {
    if (error instanceof HoldoutError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw holdoutError('DISK_FULL', { home: folder, freeMiB: 0, neededMiB });
    throw holdoutError('HOME_UNUSABLE', { home: folder, cause: messageOf(error) }, error);
  }
  const freeMiB = freeMiBAt(folder);
  if (freeMiB < neededMiB) throw holdoutError('DISK_FULL', { home: folder, freeMiB, neededMiB });
  return places;
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

/** Space available to this user on the disk of a folder. */
export function freeMiBAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1_048_576);
}
