import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, type ProcessIdentity } from '../../process-identity.ts';
import type { Home } from '../home/home.ts';

/** A longer log is moved aside at the next start of its process, in bytes. */
const maxLogBytes = 20 * 2 ** 20;

export const logOf = (home: Home, name: string): string => join(home.logs, `${name}.log`);

/** Moves a log that has become long aside; it replaces the one that was moved before. */
export function rotateLog(log: string): void {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(log, `${log}.1`);
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
