import { readJsonFile } from '../json-file.ts';
import { endProcess } from '../process-identity.ts';
import { cleanUp } from './clean-up.ts';
import { endJobs } from './end-jobs.ts';
import type { Home } from './home/home.ts';
import { readRecords, removeRecord } from './parts/part.ts';
import type { StackFile } from './prepare-parts.ts';

/**
 * Ends every process of a stack whose supervisor has stopped, workers before servers; with `end` also the jobs and everything
 * they left on the machine. Uses only the records on disk. The caller must hold the home's lock. Once `urgent` aborts, no process
 * gets time to end by itself.
 */
export async function takeDown(home: Home, jobs: 'end' | 'leave', urgent?: AbortSignal): Promise<void> {
  const records = readRecords(home).sort((one, other) => other.stage - one.stage);
  for (const stage of new Set(records.map((record) => record.stage))) {
    const parts = records.filter((record) => record.stage === stage);
    await Promise.all(parts.map(({ identity, grace }) => endProcess(identity, grace, urgent)));
    for (const { name } of parts) removeRecord(home, name);
  }
  if (jobs === 'leave') return;
  await endJobs(home);
  await cleanUp(home, readJsonFile<StackFile>(home.stack)?.engine);
}
