import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../file-lock.ts';
import type { ReportLine } from '../report-line.ts';
import type { Home } from './home/home.ts';
import { takeDown } from './take-down.ts';
import { isShuttingDown, readUsers } from './users.ts';
import { keeperOf } from './keeper.ts';

/** Milliseconds. */
const pollInterval = 250;

/**
 * Hands a stack over to a process that still uses it: true when one of them now keeps it up, or when the last of them ended
 * during the wait and everything has been stopped. Returns false at once when no process uses it.
 */
export async function handOver(home: Home, release: () => void, report: ReportLine): Promise<boolean> {
  const [successor] = readUsers(home);
  if (successor === undefined || isShuttingDown(home)) return false;
  report(`process ${successor.pid} still uses the stack, so it stays up`);
  release();
  for (;;) {
    if (keeperOf(home.folder) !== undefined) return true;
    if (readUsers(home).length === 0 || isShuttingDown(home)) break;
    await sleep(pollInterval);
  }
  const lock = tryLock(home.lock);
  if (lock.kind === 'held') return true;
  await takeDown(home, 'end');
  lock.release();
  return true;
}

/** Waits until no process keeps the stack up and acquires its lock; returns the lock's release, or undefined when stopped. */
export async function waitToTakeOver(home: Home, stop: AbortSignal): Promise<(() => void) | undefined> {
  while (!stop.aborted) {
    await sleep(pollInterval, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted || keeperOf(home.folder) !== undefined || isShuttingDown(home)) continue;
    const lock = tryLock(home.lock);
    if (lock.kind === 'acquired') return lock.release;
  }
  return undefined;
}
