import type { Path, Report } from './yaml-file.ts';

type Written = Record<string, unknown>;

/** A class as the rest of the campaign knows it, and its place in the file. */
export interface WrittenClass {
  row: unknown;
  path: Path;
}

/** Keys that an entry of `capacity` may have beside `wait`. */
const ownKeys: readonly string[] = [
  'type',
  'queue',
  'slots',
  'usdPerHour',
  'relativeSpeed',
  'purchase',
  'onDemandAfter',
];

/**
 * A class with several instance types is one class for each of them: the first has the class's name, the others also that of
 * their type. A class that gives no machine within its `runnableLimit` is short for a while, and its runs go to the next one.
 */
export function withEachCapacity(row: unknown, path: Path, report: Report): WrittenClass[] {
  if (!isMapping(row) || row['capacity'] === undefined) return [{ row, path }];
  const { capacity, ...rest } = row;
  if (!Array.isArray(capacity) || capacity.length === 0) {
    report([...path, 'capacity'], 'must be a list of at least one { type, queue, wait }');
    return [];
  }
  return capacity.map((entry: unknown, place) => entryOf(rest, entry, [...path, 'capacity', place], report));
}

function entryOf(rest: Written, entry: unknown, path: Path, report: Report): WrittenClass {
  if (!isMapping(entry)) {
    report(path, 'must have the keys type, queue and wait');
    return { row: rest, path };
  }
  const { wait, ...own } = entry;
  for (const key of Object.keys(own))
    if (!ownKeys.includes(key))
      report([...path, key], `is not a key of capacity; known keys: wait, ${ownKeys.join(', ')}`);
  const isFirst = path.at(-1) === 0;
  const name = isFirst ? rest['name'] : `${String(rest['name'])}_${String(own['type'])}`;
  return { row: { ...rest, ...own, name, ...(wait !== undefined && { runnableLimit: wait }) }, path };
}

const isMapping = (value: unknown): value is Written =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
