import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { identify, isProcessRunning, type ProcessIdentity } from '../process-identity.ts';
import type { Home } from './home/home.ts';

/** A process that needs the stack. Of those that stay there need be only one: it keeps the stack up until `local down`. */
export interface StackUser extends ProcessIdentity {
  stays: boolean;
}

/** Says that this process needs the stack of the home; answers how to take that back. */
export function registerUser(home: Home, stays: boolean): () => void {
  mkdirSync(home.users, { recursive: true, mode: 0o700 });
  const file = join(home.users, `${randomUUID()}.json`);
  writeJsonFile(file, { ...identify(process.pid), stays });
  return () => rmSync(file, { force: true });
}

/** Everybody who needs the stack now; killed ones need it no longer. */
export function readUsers(home: Home): StackUser[] {
  return filesIn(home.users).flatMap((name) => {
    const file = join(home.users, name);
    const user = readJsonFile<StackUser>(file);
    if (user !== undefined && isProcessRunning(user)) return user;
    rmSync(file, { force: true });
    return [];
  });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** Says, as long as this process runs, that the stack ends for everybody; answers how to take that back. */
export function announceShutdown(home: Home): () => void {
  writeJsonFile(home.ending, identify(process.pid));
  return () => rmSync(home.ending, { force: true });
}

/** Whether `local down` is at work: then nobody takes the stack over. */
export function isShuttingDown(home: Home): boolean {
  const by = readJsonFile<ProcessIdentity>(home.ending);
  return by !== undefined && isProcessRunning(by);
}
