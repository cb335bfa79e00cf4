import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../file-lock.ts';
import type { ReportLine } from '../report.ts';
import type { Home } from './home/home.ts';
import { keeperOf } from './keeper.ts';
import { takeDown } from './take-down.ts';
import { isShuttingDown, readUsers } from './users.ts';

const lookInterval = 250;

/**
 * Leaves a stack to those who still need it: true when one of them keeps it up from now on, or when the last one went while
 * that was waited for and everything has ended. False, at once, when nobody needs it.
 */
export async function handOver(home: Home, release: () => void, report: ReportLine): Promise<boolean> {
  const [heir] = readUsers(home);
  if (heir === undefined || isShuttingDown(home)) return false;
  report(`process ${heir.pid} still needs the stack, so it stays up`);
  release();
  for (;;) {
    if (keeperOf(home.folder) !== undefined) return true;
    if (readUsers(home).length === 0 || isShuttingDown(home)) break;
    await sleep(lookInterval);
  }
  const lock = tryLock(home.lock);
  if (lock.kind === 'held') return true;
  await takeDown(home, 'end');
  lock.release();
  return true;
}

/** Waits until nobody keeps the stack up any more and answers the lock of whom does it now; undefined when stopped. */
export async function waitToTakeOver(home: Home, stop: AbortSignal): Promise<(() => void) | undefined> {
  while (!stop.aborted) {
    await sleep(lookInterval, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted || keeperOf(home.folder) !== undefined || isShuttingDown(home)) continue;
    const lock = tryLock(home.lock);
    if (lock.kind === 'acquired') return lock.release;
  }
  return undefined;
}
