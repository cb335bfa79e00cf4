import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, syncFolder, writeJsonFile } from '../../json-file.ts';
import type { JobRecord } from './job-record.ts';
import type { JobPersistence } from './job-store.ts';

/**
 * Saves each job in `<folder>/<job id>/job.json`, durably even through a power failure: a job that costs money must not be
 * lost. The job's process uses the same folder.
 */
export class JobFolder implements JobPersistence {
  constructor(private readonly folder: string) {}

  of(jobId: string): string {
    return join(this.folder, jobId);
  }

  /** Creates the folder if it is missing; returns the jobs in it. */
  load(): JobRecord[] {
    mkdirSync(this.folder, { recursive: true });
    // A folder without a record belongs to a SubmitJob call that never got a response.
    return readdirSync(this.folder).flatMap((jobId) => readJsonFile<JobRecord>(join(this.of(jobId), 'job.json')) ?? []);
  }

  save(record: JobRecord): void {
    const own = this.of(record.detail.jobId);
    if (!existsSync(own)) {
      mkdirSync(own);
      syncFolder(this.folder);
    }
    writeJsonFile(join(own, 'job.json'), record, { durable: true });
  }

  forget(jobId: string): void {
    rmSync(this.of(jobId), { recursive: true, force: true });
  }
}
