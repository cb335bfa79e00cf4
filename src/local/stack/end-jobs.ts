import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile } from '../json-file.ts';
import { isProcessRunning, waitForEnd, type ProcessIdentity } from '../process-identity.ts';
import { jobsFolder } from './parts/batch.ts';
import type { Home } from './home/home.ts';

/** Every job id this home has given out. */
export const jobIds = (home: Home): string[] => (existsSync(jobsFolder(home)) ? readdirSync(jobsFolder(home)) : []);

/** The processes of jobs that still run: each leads a process group with the runner in it. */
export function runningJobs(home: Home): ProcessIdentity[] {
  return jobIds(home)
    .flatMap((jobId) => readJsonFile<ProcessIdentity>(join(jobsFolder(home), jobId, 'process')) ?? [])
    .filter((identity) => identity.pid > 0 && isProcessRunning(identity));
}

/**
 * Ends every running job as the loss of its machine would, at once and without an outcome: the next start's endpoint
 * reports a lost host, and the workflow runs the submission again as a new run, at nobody's charge. Only while the
 * endpoint is down: it would start others in their place.
 */
export async function endJobs(home: Home): Promise<number> {
  const jobs = runningJobs(home);
  for (const { pid } of jobs) killGroup(pid);
  await Promise.all(jobs.map((job) => waitForEnd(job, 5_000)));
  return jobs.length;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
