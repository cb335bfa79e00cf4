import { readJsonFile } from '../json-file.ts';
import { isProcessRunning, type ProcessIdentity } from '../process-identity.ts';
import { placesOf, type Home } from './home/home.ts';

/** The process that keeps the stack of a home up now, if there is one. */
export function keeperOf(home: string): ProcessIdentity | undefined {
  const holder = readJsonFile<ProcessIdentity>(placesOf(home).lock);
  return holder !== undefined && isProcessRunning(holder) ? holder : undefined;
}

/** Whether that process has brought everything up. */
export const isReadyBy = (home: Home, keeper: ProcessIdentity): boolean => {
  const ready = readJsonFile<ProcessIdentity>(home.ready);
  return ready?.pid === keeper.pid && ready.startTime === keeper.startTime;
};
