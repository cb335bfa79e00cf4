import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonFilesIn, readJsonFile, writeJsonFile } from '../../json-file.ts';
import { folderIdentity, isOriginal, sendSignal, type ProcessIdentity } from '../../process-identity.ts';
import { fileIdentity } from '../../tools/cache.ts';
import type { Home } from '../home/home.ts';
import { logOf, rotateLog, spawnLogged } from './part-log.ts';
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
  /** Of the folder in which the record was written; see {@link isOriginal}. */
  folder: string;
}

const recordOf = (home: Home, name: string): string => join(home.run, `${name}.json`);

export const readRecord = (home: Home, name: string): PartRecord | undefined => recordIn(recordOf(home, name));
export const removeRecord = (home: Home, name: string): void => rmSync(recordOf(home, name), { force: true });

/** The records of all parts that have been started and not stopped. */
export const readRecords = (home: Home): PartRecord[] => jsonFilesIn(home.run).flatMap((file) => recordIn(file) ?? []);

/** Undefined also in a copy of the home, whose original's processes it names. */
function recordIn(file: string): PartRecord | undefined {
  const record = readJsonFile<PartRecord>(file);
  return record !== undefined && isOriginal(file, record) ? record : undefined;
}

/** A digest of the part's command, environment and files. */
export const definitionOf = ({ command, environment, files }: Part): string =>
  sha256(JSON.stringify([command, environment, files]));

export const programOf = (part: Part): string => fileIdentity(part.program) ?? 'missing';

/** Starts a part's process and records its identity; kills it if it cannot be recorded (disk full): nobody would ever end it. */
export function spawnPart(part: Part, home: Home): PartRecord | undefined {
  for (const [file, content] of Object.entries(part.files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: 0o600 });
  }
  if (part.readyFile !== undefined) rmSync(part.readyFile, { force: true });
  const log = logOf(home, part.name);
  rotateLog(log);
  const identity = spawnLogged(part.command, log, { cwd: home.folder, env: part.environment, umask: 0o077 });
  if (identity === undefined) return undefined;
  const { name, stage, grace } = part;
  const folder = folderIdentity(home.run);
  const record = {
    name,
    stage,
    identity,
    definition: definitionOf(part),
    program: programOf(part),
    log,
    grace,
    folder,
  };
  try {
    writeJsonFile(recordOf(home, name), record);
  } catch (error) {
    sendSignal(identity.pid, 'SIGKILL');
    throw error;
  }
  return record;
}
