import { existsSync } from 'node:fs';
import { tryLock } from '../file-lock.ts';
import { endProcess } from '../process-identity.ts';
import type { ReportLine } from '../report.ts';
import { homeFolder, placesOf, type Home } from '../stack/home/home.ts';
import { keeperOf } from '../stack/keeper.ts';
import { openStack } from '../stack/open-stack.ts';
import { stackStatus } from '../stack/status.ts';
import { announceShutdown, readUsers } from '../stack/users.ts';
import { takeDown } from '../stack/take-down.ts';

/** Longer than a stack takes to end everything in order. */
const closeLimit = 60_000;

/**
 * Brings the stack up and keeps it up until Ctrl-C or SIGTERM. When it is up already that is all there is to do, but with
 * `stay`: then it stays up when the others that need it have gone. Returns the exit status.
 */
export async function localUp(say: ReportLine, { stay = false }: { stay?: boolean } = {}): Promise<number> {
  const stack = await openStack({ home: homeFolder(), queues: [], report: say, stays: true });
  const { ui, s3, batch, temporal } = stack.endpoints;
  say(`Web UI ${ui}, Temporal ${temporal}, S3 ${s3}, Batch ${batch}; keys: npm run holdout -- local status --json`);
  if (stack.attached && !stay) {
    await stack.close();
    return 0;
  }
  say('Ctrl-C ends it; everything stays on disk.');
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  say('ending the stack');
  await stack.close();
  return 0;
}

/** Ends the stack of the home, whoever brought it up, and what a killed opener left. Answers the exit status. */
export async function localDown(say: ReportLine): Promise<number> {
  const home = placesOf(homeFolder());
  const takeBack = existsSync(home.run) ? announceShutdown(home) : undefined;
  try {
    return await endAll(home, say);
  } finally {
    takeBack?.();
  }
}

async function endAll(home: Home, say: ReportLine): Promise<number> {
  const keeper = keeperOf(home.folder);
  if (keeper !== undefined) {
    say(`asking process ${keeper.pid}, which keeps the stack up, to end it`);
    await endProcess(keeper, closeLimit);
  }
  for (const user of readUsers(home).filter(({ pid }) => pid !== process.pid)) {
    say(`ending process ${user.pid}, which needs the stack`);
    await endProcess(user, closeLimit);
  }
  if (existsSync(home.run)) {
    const lock = tryLock(home.lock);
    if (lock.kind === 'held') {
      say(`process ${lock.by.pid} has taken the stack over meanwhile; it is up`);
      return 1;
    }
    await takeDown(home, 'end');
    lock.release();
  }
  say(`nothing runs in ${home.folder}; what it keeps is untouched`);
  return 0;
}

/** Where the stack listens and what runs, as text or as one JSON object with the keys. Answers the exit status. */
export function localStatus(write: (text: string) => void, options: { json: boolean }): number {
  const status = stackStatus(homeFolder());
  if (options.json) write(JSON.stringify(status, null, 2));
  else {
    const { state, home, pid, endpoints, parts, runningJobs } = status;
    write(
      [
        `${home}: ${state}${pid === null ? '' : `, kept up by process ${pid}`}, ${runningJobs} jobs running`,
        ...Object.entries(endpoints ?? {}).map(([name, url]) => `  ${name.padEnd(10)}${url}`),
        ...parts.map(
          ({ name, pid, running, log }) => `  ${name.padEnd(10)}${running ? `process ${pid}` : 'ended'}, ${log}`,
        ),
      ].join('\n'),
    );
  }
  return 0;
}
