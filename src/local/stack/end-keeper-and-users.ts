import { endProcess } from '../process-identity.ts';
import type { ReportLine } from '../report-line.ts';
import type { Home } from './home/home.ts';
import { keeperOf } from './keeper.ts';
import { readUsers } from './users.ts';

/** Milliseconds; longer than a stack needs for an orderly shutdown. */
const closeTimeout = 60_000;

/**
 * Ends the process that keeps the stack up, which stops the stack, and then every other process that uses it. Once `urgent` aborts,
 * none gets time to end by itself.
 */
export async function endKeeperAndUsers(home: Home, say: ReportLine, urgent: AbortSignal): Promise<void> {
  const keeper = keeperOf(home.folder);
  if (keeper !== undefined) {
    say(`asking process ${keeper.pid}, which supervises the stack, to stop it`);
    await endProcess(keeper, closeTimeout, urgent);
  }
  for (const user of readUsers(home).filter(({ pid }) => pid !== process.pid)) {
    say(`stopping process ${user.pid}, which uses the stack`);
    await endProcess(user, closeTimeout, urgent);
  }
}
