import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runningProcess, sendSignal, waitForEnd, type ProcessIdentity } from '../process-identity.ts';
import { jobsFolder } from './parts/batch.ts';
import type { Home } from './home/home.ts';

/** The ids of all jobs of this home. */
export const jobIds = (home: Home): string[] => (existsSync(jobsFolder(home)) ? readdirSync(jobsFolder(home)) : []);

/** The processes of running jobs; each leads a process group that contains the runner. */
export const runningJobs = (home: Home): ProcessIdentity[] =>
  jobIds(home).flatMap((jobId) => runningProcess(join(jobsFolder(home), jobId, 'process')) ?? []);

/**
 * Kills every running job, like the loss of its machine, without an outcome. After the next start the endpoint reports a lost
 * host, and the workflow repeats the submission as a new, uncharged run. Call it only while the endpoint is down, which
 * would otherwise start other jobs.
 */
export async function endJobs(home: Home): Promise<number> {
  const jobs = runningJobs(home);
  for (const { pid } of jobs) sendSignal(-pid, 'SIGKILL');
  await Promise.all(jobs.map((job) => waitForEnd(job, 5_000)));
  return jobs.length;
}
