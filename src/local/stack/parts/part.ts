import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonFilesIn, readJsonFile, writeJsonFile } from '../../json-file.ts';
import { identify, type ProcessIdentity } from '../../process-identity.ts';
import { fileIdentity } from '../../tools/cache.ts';
import type { Home } from '../home/home.ts';
import { sha256 } from '../../../sha256.ts';

/** The definition of one process of the stack. */
export interface Part {
  name: string;
  /** Parts of a stage start when all of the stage before are up, and stop in reverse order. */
  stage: number;
  command: string[];
  /** Its whole environment. */
  environment: Record<string, string>;
  /** Files it reads when it starts, by path; other users cannot read them. */
  files: Record<string, string>;
  /** A file it creates when it is ready; removed before a start. */
  readyFile?: string;
  /** The program or bundle; if it has changed since the process was started, the next start restarts the part. */
  program: string;
  isReady: () => Promise<boolean>;
  /** Set-up after each start; idempotent. */
  prepare?: () => Promise<void>;
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace: number;
}

/** The record of a part's process on disk, for the next start. */
export interface PartRecord {
  name: string;
  stage: number;
  identity: ProcessIdentity;
  definition: string;
  program: string;
  log: string;
  grace: number;
}

const logLimit = 20 * 1024 * 1024;

export const logOf = (home: Home, name: string): string => join(home.logs, `${name}.log`);
const recordOf = (home: Home, name: string): string => join(home.run, `${name}.json`);

export const readRecord = (home: Home, name: string): PartRecord | undefined => readJsonFile(recordOf(home, name));
export const removeRecord = (home: Home, name: string): void => rmSync(recordOf(home, name), { force: true });

/** The records of all parts that have been started and not stopped. */
export const readRecords = (home: Home): PartRecord[] =>
  jsonFilesIn(home.run).flatMap((file) => readJsonFile<PartRecord>(file) ?? []);

/** A digest of the part's command, environment and files. */
export const definitionOf = ({ command, environment, files }: Part): string =>
  sha256(JSON.stringify([command, environment, files]));

export const programOf = (part: Part): string => fileIdentity(part.program) ?? 'missing';

/** Starts a part's process and records its identity. */
export function spawnPart(part: Part, home: Home): PartRecord | undefined {
  for (const [file, content] of Object.entries(part.files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: 0o600 });
  }
  if (part.readyFile !== undefined) rmSync(part.readyFile, { force: true });
  const log = logOf(home, part.name);
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > logLimit) renameSync(log, `${log}.1`);
  const identity = spawnLogged(part.command, log, { cwd: home.folder, env: part.environment, umask: 0o077 });
  if (identity === undefined) return undefined;
  const { name, stage, grace } = part;
  const record = { name, stage, identity, definition: definitionOf(part), program: programOf(part), log, grace };
  writeJsonFile(recordOf(home, name), record);
  return record;
}

/**
 * Starts a program detached, so that it outlives a killed terminal, and appends its output to a log. With umask 077 it creates
 * files for this user only. Undefined when it cannot be started; then the log says why.
 */
export function spawnLogged(
  [program = '', ...args]: readonly string[],
  log: string,
  { umask = process.umask(), ...options }: { cwd?: string; env: NodeJS.ProcessEnv; umask?: number },
): ProcessIdentity | undefined {
  const handle = openSync(log, 'a', 0o600);
  const ownUmask = process.umask(umask);
  try {
    const child = spawn(program, args, { ...options, detached: true, stdio: ['ignore', handle, handle] });
    child.on('error', (error) => writeFileSync(log, `${error.message}\n`, { flag: 'a' }));
    child.unref();
    return child.pid === undefined ? undefined : identify(child.pid);
  } finally {
    process.umask(ownUmask);
    closeSync(handle);
  }
}

/** The last ten lines of a part's log, at most 4 KiB. */
export function logTail(log: string): string {
  try {
    return readFileSync(log).subarray(-4096).toString('utf8').trimEnd().split('\n').slice(-10).join('\n');
  } catch {
    return '(there is no log)';
  }
}
