import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PilotRecord } from '../campaign/planning/pilot.ts';

const fileOf = (home: string, campaign: string): string => join(home, 'pilots', `${campaign}.json`);

/** Keeps what a pilot found for later plans; answers the file. */
export async function keepPilot(home: string, record: PilotRecord): Promise<string> {
  const file = fileOf(home, record.campaign);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}

/** What the last pilot of a campaign found; undefined when there was none. */
export async function findPilot(home: string, campaign: string): Promise<PilotRecord | undefined> {
  const text = await readFile(fileOf(home, campaign), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as PilotRecord);
}
