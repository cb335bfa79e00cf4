import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Home } from './home.ts';

/** A Batch queue of an instance class and how many jobs run there at a time. */
export interface Queue {
  name: string;
  slots: number;
}

/** The queues of every campaign this home has seen, in order of name. */
export function readQueues(home: Home): Queue[] {
  const known = readJsonFile<Record<string, number>>(home.queues) ?? {};
  return Object.entries(known)
    .map(([name, slots]) => ({ name, slots }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Adds queues or gives them more slots; the running endpoint is started again with them, its jobs go on. A queue keeps the
 * most slots that were ever wanted: how many of them are used is each campaign's own affair.
 */
export function addQueues(home: Home, queues: readonly Queue[]): void {
  const known = readJsonFile<Record<string, number>>(home.queues) ?? {};
  const wanted = { ...known };
  for (const { name, slots } of queues) wanted[name] = Math.max(slots, wanted[name] ?? 0);
  if (JSON.stringify(wanted) !== JSON.stringify(known)) writeJsonFile(home.queues, wanted);
}
