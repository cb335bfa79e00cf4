import { existsSync } from 'node:fs';
import { tryLock } from '../file-lock.ts';
import { endProcess } from '../process-identity.ts';
import type { ReportLine } from '../report-line.ts';
import { homeFolder, placesOf, type Home } from '../stack/home/home.ts';
import { announceShutdown, readUsers } from '../stack/users.ts';
import { takeDown } from '../stack/take-down.ts';
import { keeperOf } from '../stack/keeper.ts';

/** Milliseconds; longer than a stack needs for an orderly shutdown. */
const closeTimeout = 60_000;

/** Stops the stack of the home, whichever process started it, and everything a killed one left. Returns the exit status. */
export async function localDown(say: ReportLine): Promise<number> {
  const home = placesOf(homeFolder());
  const withdraw = existsSync(home.run) ? announceShutdown(home) : undefined;
  try {
    return await stopAll(home, say);
  } finally {
    withdraw?.();
  }
}

async function stopAll(home: Home, say: ReportLine): Promise<number> {
  const keeper = keeperOf(home.folder);
  if (keeper !== undefined) {
    say(`asking process ${keeper.pid}, which supervises the stack, to stop it`);
    await endProcess(keeper, closeTimeout);
  }
  for (const user of readUsers(home).filter(({ pid }) => pid !== process.pid)) {
    say(`stopping process ${user.pid}, which uses the stack`);
    await endProcess(user, closeTimeout);
  }
  if (existsSync(home.run)) {
    const lock = tryLock(home.lock);
    if (lock.kind === 'held') {
      say(`process ${lock.by.pid} has taken over the stack, which is still up`);
      return 1;
    }
    await takeDown(home, 'end');
    lock.release();
  }
  say(`the stack in ${home.folder} is stopped; its data is untouched`);
  return 0;
}
