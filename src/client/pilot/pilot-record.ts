import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PilotRecord } from '../../campaign/planning/pilot-sample.ts';
import { messageOf, holdoutError } from '../../errors.ts';
import { shownPath } from '../../intake/locate.ts';
import { writeJsonFile } from '../../local/json-file.ts';

const fileOf = (home: string, campaign: string): string => join(home, 'pilots', `${campaign}.json`);

/** Writes the results of a campaign's pilots for later plans; returns the file. */
export async function savePilot(home: string, record: PilotRecord): Promise<string> {
  const file = fileOf(home, record.campaign);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  writeJsonFile(file, record);
  return file;
}

/** The results of a campaign's pilots; undefined if there was none. Throws PILOT_UNREADABLE. */
export async function findPilot(home: string, campaign: string): Promise<PilotRecord | undefined> {
  const file = fileOf(home, campaign);
  const unreadable = (cause: string, error?: unknown): Error =>
    holdoutError('PILOT_UNREADABLE', { file: shownPath(file), cause }, error);
  try {
    const record: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isRecord(record)) return record;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(messageOf(error), error);
  }
  throw unreadable('it does not have the format of this Holdout version');
}

/** Whether it looks like a file that {@link savePilot} wrote; its entries are trusted. */
function isRecord(value: unknown): value is PilotRecord {
  const { version, runs, begun } = (value ?? {}) as Partial<PilotRecord>;
  return version === 2 && Array.isArray(runs) && Array.isArray(begun);
}
