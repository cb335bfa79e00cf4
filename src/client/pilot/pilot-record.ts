import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PilotRecord } from '../../campaign/planning/pilot.ts';
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
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(messageOf(error), error);
  });
  if (text === undefined) return undefined;
  const record = parsed(text, unreadable);
  if (!isRecord(record)) throw unreadable('it does not have the format of this Holdout version');
  return record;
}

function parsed(text: string, unreadable: (cause: string, error: unknown) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(messageOf(error), error);
  }
}

/** Whether it looks like a file that {@link savePilot} wrote; its entries are trusted. */
function isRecord(value: unknown): value is PilotRecord {
  const { version, runs, begun } = (value ?? {}) as Partial<PilotRecord>;
  return version === 2 && Array.isArray(runs) && Array.isArray(begun);
}
