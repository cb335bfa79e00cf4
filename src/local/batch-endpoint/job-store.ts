import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile } from '../json-file.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { isActive, isWaiting, type JobRecord } from './job-record.ts';

/** All jobs, in memory and each in `<folder>/<job id>/job.json`. The same folder belongs to the job's process. */
export class JobStore {
  private readonly records = new Map<string, JobRecord>();
  /** Jobs that have not ended, in the order they were accepted. */
  private readonly open = new Map<string, JobRecord>();
  private sequence = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    readdirSync(folder)
      // A folder without a record is a submission that was never answered.
      .flatMap((jobId) => readJsonFile<JobRecord>(join(folder, jobId, 'job.json')) ?? [])
      .toSorted((one, other) => one.sequence - other.sequence)
      .forEach((record) => this.remember(record));
  }

  folderOf(jobId: string): string {
    return join(this.folder, jobId);
  }

  nextSequence(): number {
    return this.sequence + 1;
  }

  get(jobId: string): JobRecord | undefined {
    return this.records.get(jobId);
  }

  /** Every job, newest first. */
  newestFirst(): JobRecord[] {
    return [...this.records.values()].reverse();
  }

  /** Jobs that have not ended, oldest first; a copy that stays as it is. */
  unended(): JobRecord[] {
    return [...this.open.values()];
  }

  /** Keeps a new or changed job; it is on disk when this returns. */
  put(record: JobRecord): void {
    const folder = this.folderOf(record.detail.jobId);
    if (!this.records.has(record.detail.jobId)) {
      mkdirSync(folder);
      syncFolder(this.folder);
    }
    writeDurably(join(folder, 'job.json'), record);
    this.remember(record);
  }

  private remember(record: JobRecord): void {
    const { jobId } = record.detail;
    this.sequence = Math.max(this.sequence, record.sequence);
    this.records.set(jobId, record);
    if (isWaiting(record) || isActive(record)) this.open.set(jobId, record);
    else this.open.delete(jobId);
  }
}
