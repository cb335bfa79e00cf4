import { existsSync } from 'node:fs';
import { tryLock } from '../file-lock.ts';
import type { ReportLine } from '../report-line.ts';
import { homeFolder, placesOf, type Home } from '../stack/home/home.ts';
import { endKeeperAndUsers } from '../stack/end-keeper-and-users.ts';
import { StopSignals } from '../stack/stop-signals.ts';
import { announceShutdown } from '../stack/users.ts';
import { takeDown } from '../stack/take-down.ts';

/**
 * Stops the stack of the home, whichever process started it, and everything a killed one left. A second Ctrl-C gives no process more
 * time to end by itself; the first changes nothing. Returns the exit status.
 */
export async function localDown(say: ReportLine): Promise<number> {
  const home = placesOf(homeFolder());
  const signals = new StopSignals();
  signals.guard();
  signals.asked.addEventListener('abort', () => say('still stopping the stack; Ctrl-C again ends everything at once'));
  signals.urgent.addEventListener('abort', () => say('ending everything at once'));
  const withdraw = existsSync(home.run) ? announceShutdown(home) : undefined;
  try {
    return await stopAll(home, say, signals.urgent);
  } finally {
    withdraw?.();
    signals.dispose();
  }
}

async function stopAll(home: Home, say: ReportLine, urgent: AbortSignal): Promise<number> {
  await endKeeperAndUsers(home, say, urgent);
  if (existsSync(home.run)) {
    const lock = tryLock(home.lock);
    if (lock.kind === 'held') {
      say(`process ${lock.by.pid} has taken over the stack, which is still up`);
      return 1;
    }
    await takeDown(home, 'end', urgent);
    lock.release();
  }
  say(`the stack in ${home.folder} is stopped; its data is untouched`);
  return 0;
}
