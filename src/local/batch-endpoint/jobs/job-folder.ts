import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile } from '../../json-file.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import type { JobRecord } from './job-record.ts';
import type { JobPersistence } from './job-store.ts';

/**
 * Keeps each job in `<folder>/<job id>/job.json`, through a loss of power too: what is paid for must be found again. The
 * same folder belongs to the job's process.
 */
export class JobFolder implements JobPersistence {
  constructor(private readonly folder: string) {}

  of(jobId: string): string {
    return join(this.folder, jobId);
  }

  /** Makes the folder if need be; answers the jobs in it. */
  load(): JobRecord[] {
    mkdirSync(this.folder, { recursive: true });
    // A folder without a record is a submission that was never answered.
    return readdirSync(this.folder).flatMap((jobId) => readJsonFile<JobRecord>(join(this.of(jobId), 'job.json')) ?? []);
  }

  save(record: JobRecord): void {
    const own = this.of(record.detail.jobId);
    if (!existsSync(own)) {
      mkdirSync(own);
      syncFolder(this.folder);
    }
    writeDurably(join(own, 'job.json'), record);
  }
}
