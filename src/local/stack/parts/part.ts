import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import { identify, type ProcessIdentity } from '../../process-identity.ts';
import { fileIdentity } from '../../tools/cache.ts';
import type { Home } from '../home/home.ts';
import { sha256 } from '../../../sha256.ts';

/** One process of the stack, as it shall run. */
export interface Part {
  name: string;
  /** Parts of the next stage start when all of this one are up; they end in the opposite order. */
  stage: number;
  command: string[];
  /** All of its environment. */
  environment: Record<string, string>;
  /** Files it reads when it starts: path → content, kept from other users. */
  files: Record<string, string>;
  /** Files it makes when it is ready; removed before a start. */
  readyFile?: string;
  /** The program or bundle: a start that finds another one than the running process has starts it afresh. */
  program: string;
  isReady: () => Promise<boolean>;
  /** What has to be set up inside it each time it has come up. Repeating it does no harm. */
  prepare?: () => Promise<void>;
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace: number;
}

/** What is known on disk of a part's process, for the next start. */
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

/** The records of all parts that were ever started and not ended. */
export function readRecords(home: Home): PartRecord[] {
  return readdirSync(home.run)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => readJsonFile<PartRecord>(join(home.run, file)) ?? []);
}

/** Changes with anything that the part was told at its start. */
export const definitionOf = ({ command, environment, files }: Part): string =>
  sha256(JSON.stringify([command, environment, files]));

export const programOf = (part: Part): string => fileIdentity(part.program) ?? 'missing';

/** Starts the process, detached: it outlives a killed terminal, and the record finds it again. */
export function spawnPart(part: Part, home: Home): PartRecord | undefined {
  for (const [file, content] of Object.entries(part.files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: 0o600 });
  }
  if (part.readyFile !== undefined) rmSync(part.readyFile, { force: true });
  const log = logOf(home, part.name);
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > logLimit) renameSync(log, `${log}.1`);
  const handle = openSync(log, 'a', 0o600);
  const child = spawnPrivately(part, home, handle);
  // A program that cannot be started has no pid; whoever waits for it finds out by that.
  child.on('error', (error) => writeFileSync(log, `${error.message}\n`, { flag: 'a' }));
  child.unref();
  closeSync(handle);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined) return undefined;
  const { name, stage, grace } = part;
  const record = { name, stage, identity, definition: definitionOf(part), program: programOf(part), log, grace };
  writeJsonFile(recordOf(home, name), record);
  return record;
}

/** With a umask under which servers, whatever modes they ask for, write for nobody but this user. */
function spawnPrivately(
  { command: [program = '', ...args], environment }: Part,
  home: Home,
  log: number,
): ChildProcess {
  const umask = process.umask(0o077);
  try {
    return spawn(program, args, {
      cwd: home.folder,
      detached: true,
      env: environment,
      stdio: ['ignore', log, log],
    });
  } finally {
    process.umask(umask);
  }
}

/** The end of a part's log, at most 4 KiB of it. */
export function logTail(log: string): string {
  try {
    return readFileSync(log).subarray(-4096).toString('utf8').trimEnd().split('\n').slice(-10).join('\n');
  } catch {
    return '(there is no log)';
  }
}
