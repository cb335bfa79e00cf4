import { readJsonFile } from '../json-file.ts';
import { endProcess } from '../process-identity.ts';
import { cleanUp } from './clean-up.ts';
import { endJobs } from './end-jobs.ts';
import type { Home } from './home/home.ts';
import { readRecords, removeRecord } from './parts/part.ts';
import type { StackFile } from './stack-file.ts';

/**
 * Ends every process of a home whose opener no longer starts them again, workers before servers, and with `end` the jobs
 * and all they left on the machine. Works from the records on disk alone. Whoever calls holds the home's lock.
 */
export async function takeDown(home: Home, jobs: 'end' | 'leave'): Promise<void> {
  const records = readRecords(home).sort((one, other) => other.stage - one.stage);
  for (const stage of new Set(records.map((record) => record.stage))) {
    const parts = records.filter((record) => record.stage === stage);
    await Promise.all(parts.map(({ identity, grace }) => endProcess(identity, grace)));
    for (const { name } of parts) removeRecord(home, name);
  }
  if (jobs === 'leave') return;
  await endJobs(home);
  await cleanUp(home, readJsonFile<StackFile>(home.stack)?.engine);
}
