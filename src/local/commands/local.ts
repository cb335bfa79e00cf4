import { existsSync } from 'node:fs';
import { tryLock } from '../file-lock.ts';
import { endProcess } from '../process-identity.ts';
import type { ReportLine } from '../report.ts';
import { homeFolder, placesOf, type Home } from '../stack/home/home.ts';
import { openStack } from '../stack/open-stack.ts';
import { StopSignals } from '../stack/stop-signals.ts';
import { stackStatus } from '../stack/status.ts';
import { keeperOf, announceShutdown, readUsers } from '../stack/users.ts';
import { takeDown } from '../stack/take-down.ts';

/** Milliseconds; longer than a stack needs for an orderly shutdown. */
const closeTimeout = 60_000;

/**
 * Starts the stack and keeps it up until Ctrl-C or SIGTERM. If it is already up, returns at once, unless `stay` is set: then
 * the stack stays up even when no other process needs it any more. Returns the exit status.
 */
export async function localUp(say: ReportLine, { stay = false }: { stay?: boolean } = {}): Promise<number> {
  const signals = new StopSignals();
  const stack = await openStack({ home: homeFolder(), queues: [], report: say, stays: true, signals });
  const { uiLink, s3, batch, temporal } = stack.endpoints;
  say(`Web UI ${uiLink}, Temporal ${temporal}, S3 ${s3}, Batch ${batch}; keys: npm run holdout -- local status --json`);
  if (stack.attached && !stay) {
    await stack.close();
    return 0;
  }
  say('Ctrl-C stops the stack; all data stays on disk.');
  await new Promise((resolve) => signals.onStop(resolve));
  say('stopping the stack');
  await stack.close();
  return 0;
}

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

/** Writes the stack's addresses and processes as text, or with its keys as one JSON object. Returns the exit status. */
export function localStatus(write: (text: string) => void, options: { json: boolean }): number {
  const status = stackStatus(homeFolder());
  if (options.json) write(JSON.stringify(status, null, 2));
  else {
    const { state, home, pid, endpoints, parts, runningJobs } = status;
    write(
      [
        `${home}: ${state}${pid === null ? '' : `, supervised by process ${pid}`}, ${runningJobs} jobs running`,
        ...Object.entries(endpoints ?? {}).map(([name, url]) => `  ${name.padEnd(10)}${url}`),
        ...parts.map(
          ({ name, pid, running, log }) => `  ${name.padEnd(10)}${running ? `process ${pid}` : 'not running'}, ${log}`,
        ),
      ].join('\n'),
    );
  }
  return 0;
}
