import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Home } from './home.ts';

/** A Batch queue of an instance class and its number of concurrent jobs. */
export interface Queue {
  name: string;
  slots: number;
}

/** The queues of all campaigns of this home, by name. */
export function readQueues(home: Home): Queue[] {
  const known = readJsonFile<Record<string, number>>(home.queues) ?? {};
  return Object.entries(known)
    .map(([name, slots]) => ({ name, slots }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Adds queues or increases their slots; the running endpoint restarts with them, its jobs continue. A queue keeps the largest
 * number of slots ever requested: each campaign limits how many it uses.
 */
export function addQueues(home: Home, queues: readonly Queue[]): void {
  const known = readJsonFile<Record<string, number>>(home.queues) ?? {};
  const wanted = { ...known };
  for (const { name, slots } of queues) wanted[name] = Math.max(slots, wanted[name] ?? 0);
  if (JSON.stringify(wanted) !== JSON.stringify(known)) writeJsonFile(home.queues, wanted);
}
