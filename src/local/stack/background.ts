import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdoutError } from '../../errors.ts';
import { isProcessRunning, identify } from '../process-identity.ts';
import { projectRoot } from '../project-root.ts';
import type { ReportLine } from '../report.ts';
import { openHome } from './home/home.ts';
import { logOf, logTail } from './parts/part.ts';
import { runningStack } from './open-stack.ts';
import { readUsers } from './users.ts';

/**
 * Ensures that the stack of a home is up and stays up after this process ends: a separate process (`local up`) keeps it up
 * until `local down`. Throws PART_NOT_UP with the end of that process's log.
 */
export async function bringUpInBackground(folder: string, report: ReportLine): Promise<void> {
  const home = openHome(folder, report);
  if (runningStack(folder) !== undefined && readUsers(home).some(({ stays }) => stays)) return;
  const log = logOf(home, 'keeper');
  report(`starting the stack in the background (${log})`);
  const handle = openSync(log, 'a', 0o600);
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(projectRoot(), 'dist', 'client.mjs'), 'local', 'up', '--stay'],
    {
      detached: true,
      stdio: ['ignore', handle, handle],
      env: { ...process.env, HOLDOUT_HOME: home.folder },
    },
  );
  child.unref();
  closeSync(handle);
  const keeper = child.pid === undefined ? undefined : identify(child.pid);
  while (runningStack(folder) === undefined || !readUsers(home).some(({ stays }) => stays)) {
    if (keeper === undefined || !isProcessRunning(keeper)) {
      throw holdoutError('PART_NOT_UP', { part: 'keeper', why: 'it ended', log, tail: logTail(log) });
    }
    await sleep(200);
  }
}
