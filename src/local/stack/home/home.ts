import { accessSync, constants, existsSync, mkdirSync, realpathSync, statfsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { HoldoutError, messageOf, holdoutError } from '../../../errors.ts';
import type { ReportLine } from '../../report.ts';
import { makePrivate } from './private-home.ts';

/** Where things lie under HOLDOUT_HOME. */
export interface Home {
  folder: string;
  logs: string;
  /** One record per started process, and the files by which workers say that they are ready. */
  run: string;
  temporal: string;
  s3: string;
  /** Only made where the file system has no extended attributes. */
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
  /** What the next start takes up: ports and the container engine. */
  stack: string;
  queues: string;
  /** Who needs the stack, see users.ts. */
  users: string;
  /** Says that the stack ends for everybody, and by whom. */
  ending: string;
  /** Says that everything is up, and by whom. */
  ready: string;
  lock: string;
}

/** HOLDOUT_HOME, by default `.holdout` in the current folder, always absolute. */
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

/** Databases, images and a few runs' outputs; with less a start would only fail later. */
export const neededMiB = 2048;

/** Makes the folders, for their owner alone. Throws HOME_UNUSABLE or DISK_FULL. */
export function openHome(home: string, report: ReportLine = () => undefined): Home {
  const places = placesOf(home);
  const { folder, logs, run, temporal, s3Accounts, batch, images, scratch, containers } = places;
  try {
    accessSync(nearestFolder(folder), constants.W_OK);
    makePrivate(folder, report);
    for (const each of [logs, run, temporal, s3Accounts, batch, images, scratch, containers]) {
      mkdirSync(each, { recursive: true, mode: 0o700 });
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

/** The folder, or the first one above it that exists. */
export function nearestFolder(folder: string): string {
  let found = folder;
  while (!existsSync(found)) found = dirname(found);
  return found;
}

/** Without links, as the kernel names it in mountinfo; what does not exist yet is taken as it is. */
function realPath(folder: string): string {
  const found = nearestFolder(folder);
  return join(realpathSync(found), relative(found, folder));
}

/** Room for this user on the disk of a folder. */
export function freeMiBAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1_048_576);
}
