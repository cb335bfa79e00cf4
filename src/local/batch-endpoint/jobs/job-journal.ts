import { createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { JobRecord } from './job-record.ts';
import type { JobPersistence } from './job-store.ts';

type Entry = JobRecord | { forgotten: string };

/**
 * Saves jobs as lines of one file; a job's last line is the valid one. A hundred times cheaper than one file per job;
 * survives the end of this process but not a power failure.
 */
export class JobJournal implements JobPersistence {
  private readonly handle: number;

  /** Opens the file, or creates it. */
  constructor(private readonly file: string) {
    this.handle = openSync(file, 'a');
    // A process that was killed while writing leaves half a line, to which ours must not be appended.
    writeSync(this.handle, '\n');
  }

  /** The jobs in it. */
  async load(): Promise<JobRecord[]> {
    const records = new Map<string, JobRecord>();
    for await (const line of createInterface({ input: createReadStream(this.file) })) {
      const entry = entryIn(line);
      if (entry === undefined) continue;
      if ('forgotten' in entry) records.delete(entry.forgotten);
      else records.set(entry.detail.jobId, entry);
    }
    return [...records.values()];
  }

  save(record: JobRecord): void {
    this.write(record);
  }

  forget(jobId: string): void {
    this.write({ forgotten: jobId });
  }

  private write(entry: Entry): void {
    writeSync(this.handle, `${JSON.stringify(entry)}\n`);
  }
}

function entryIn(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
