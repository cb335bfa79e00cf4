import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdoutError } from '../../errors.ts';
import { isProcessRunning } from '../process-identity.ts';
import { projectRoot } from '../project-root.ts';
import type { ReportLine } from '../report-line.ts';
import { openHome, requireRoom } from './home/home.ts';
import { logOf, logTail, spawnLogged } from './parts/part-log.ts';
import { runningStack } from './open-stack.ts';
import { readUsers } from './users.ts';
import { keeperOf } from './keeper.ts';

/**
 * Ensures that the stack of a home is up and stays up after this process ends: a separate process (`local up`) keeps it up
 * until `local down`. Throws PART_NOT_UP with the end of that process's log.
 */
export async function bringUpInBackground(folder: string, report: ReportLine): Promise<void> {
  const home = openHome(folder, report);
  const isUp = (): boolean => runningStack(folder) !== undefined && readUsers(home).some(({ stays }) => stays);
  if (isUp()) return;
  if (keeperOf(home.folder) === undefined) requireRoom(home);
  const log = logOf(home, 'keeper');
  report(`starting the stack in the background (${log})`);
  const client = join(projectRoot(), 'dist', 'client.mjs');
  const command = [process.execPath, '--enable-source-maps', client, 'local', 'up', '--stay'];
  const keeper = spawnLogged(command, log, { env: { ...process.env, HOLDOUT_HOME: home.folder } });
  while (!isUp()) {
    if (keeper === undefined || !isProcessRunning(keeper)) {
      throw holdoutError('PART_NOT_UP', { part: 'keeper', why: 'it exited', log, tail: logTail(log) });
    }
    await sleep(200);
  }
}
