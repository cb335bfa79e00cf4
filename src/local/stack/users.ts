import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jsonFilesIn } from '../json-file.ts';
import { identify, runningProcess, writeProcess, type ProcessIdentity } from '../process-identity.ts';
import type { Home } from './home/home.ts';

/** A process that uses the stack. One that `stays` keeps the stack up until `local down`. */
interface StackUser extends ProcessIdentity {
  stays: boolean;
}

/** Registers this process as a user of the stack; returns a function that withdraws the registration. */
export function registerUser(home: Home, stays: boolean): () => void {
  mkdirSync(home.users, { recursive: true, mode: 0o700 });
  const self = identify(process.pid);
  const user: StackUser | undefined = self && { ...self, stays };
  const file = join(home.users, `${randomUUID()}.json`);
  writeProcess(file, user);
  return () => rmSync(file, { force: true });
}

/** The current users of the stack; removes those that were killed. */
export function readUsers(home: Home): StackUser[] {
  return jsonFilesIn(home.users).flatMap((file) => {
    const user = runningProcess<StackUser>(file);
    if (user === undefined) rmSync(file, { force: true });
    return user ?? [];
  });
}

/** Announces, while this process runs, that the stack shuts down for all users; returns a function that withdraws it. */
export function announceShutdown(home: Home): () => void {
  writeProcess(home.ending, identify(process.pid));
  return () => rmSync(home.ending, { force: true });
}

/** Whether `local down` is running; then no process takes over the stack. */
export const isShuttingDown = (home: Home): boolean => runningProcess(home.ending) !== undefined;
