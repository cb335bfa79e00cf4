import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { holdoutError } from '../../errors.ts';
import { tryLock } from '../file-lock.ts';
import { Arns } from './jobs/arns.ts';
import { DiskRoom } from './jobs/disk-room.ts';
import { JobDefinitions } from './jobs/job-definitions.ts';
import { JobEngine } from './jobs/job-engine.ts';
import { JobFolder } from './jobs/job-folder.ts';
import { JobJournal } from './jobs/job-journal.ts';
import { JobStore } from './jobs/job-store.ts';
import { openExecutor } from './executors/open-executor.ts';
import { LastAlive } from './jobs/last-alive.ts';
import { ResourceTagsFile } from './jobs/resource-tags-file.ts';
import { createServer } from './api/server.ts';
import type { StartUp } from './start-up-file.ts';

/**
 * Starts the local Batch endpoint over its state folder and resumes the jobs in it. Throws PORT_BUSY or
 * STATE_FOLDER_BUSY before it touches any job. `close` stops the server and leaves all jobs running.
 */
export async function startBatchEndpoint(
  startUp: StartUp,
  log: Logger,
): Promise<{ url: string; close: () => Promise<void> }> {
  const stateFolder = resolve(startUp.stateFolder);
  mkdirSync(stateFolder, { recursive: true });
  const lock = tryLock(join(stateFolder, 'lock'));
  if (lock.kind === 'held') {
    throw holdoutError('STATE_FOLDER_BUSY', { what: 'A Batch endpoint', folder: stateFolder, pid: lock.by.pid });
  }
  const arns = new Arns(startUp);
  const folder = new JobFolder(join(stateFolder, 'jobs'));
  const jobs =
    startUp.jobs.kind === 'processes'
      ? new JobStore(folder, folder.load())
      : await storeOver(new JobJournal(join(stateFolder, 'jobs.jsonl')));
  const executor = openExecutor(startUp, { folderOf: (jobId) => folder.of(jobId), log });
  const definitions = new JobDefinitions(join(stateFolder, 'definitions'), arns);
  const disk = new DiskRoom([stateFolder, ...startUp.otherFolders], startUp.minFreeMiB);
  const engine = new JobEngine({ startUp, arns, jobs, executor, lastAlive: new LastAlive(stateFolder), disk, log });
  const tags = new ResourceTagsFile(stateFolder);
  const server = createServer({ startUp, signers: startUp, arns, definitions, jobs, tags, engine, log });
  const url = await server.listen({ host: startUp.host, port: startUp.port }).catch((error: unknown) => {
    lock.release();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw holdoutError('PORT_BUSY', { port: startUp.port, variable: 'HOLDOUT_BATCH_PORT' }, error);
  });
  engine.start();
  return {
    url,
    close: async () => {
      engine.stop();
      await server.close();
      lock.release();
    },
  };
}

const storeOver = async (journal: JobJournal): Promise<JobStore> => new JobStore(journal, await journal.load());
