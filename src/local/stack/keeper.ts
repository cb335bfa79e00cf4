import { readJsonFile } from '../json-file.ts';
import { isProcessRunning, type ProcessIdentity } from '../process-identity.ts';
import { placesOf, type Home } from './home/home.ts';

/** The process that currently keeps the stack of a home up, if any. */
export function keeperOf(home: string): ProcessIdentity | undefined {
  const holder = readJsonFile<ProcessIdentity>(placesOf(home).lock);
  return holder !== undefined && isProcessRunning(holder) ? holder : undefined;
}

/** Whether that process has completely started the stack. */
export const isReadyBy = (home: Home, keeper: ProcessIdentity): boolean => {
  const ready = readJsonFile<ProcessIdentity>(home.ready);
  return ready?.pid === keeper.pid && ready.startTime === keeper.startTime;
};
