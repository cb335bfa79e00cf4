import { readJsonFile } from '../json-file.ts';
import { runningProcess, type ProcessIdentity } from '../process-identity.ts';
import { placesOf, type Home } from './home/home.ts';

/** The process that currently keeps the stack of a home up, if any. */
export const keeperOf = (home: string): ProcessIdentity | undefined => runningProcess(placesOf(home).lock);

/** Whether that process has completely started the stack. */
export const isReadyBy = (home: Home, keeper: ProcessIdentity): boolean => {
  const ready = readJsonFile<ProcessIdentity>(home.ready);
  return ready?.pid === keeper.pid && ready.startTime === keeper.startTime;
};
