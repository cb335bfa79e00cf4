import { createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { JobRecord } from './job-record.ts';
import type { JobPersistence } from './job-store.ts';

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
      const record = recordIn(line);
      if (record !== undefined) records.set(record.detail.jobId, record);
    }
    return [...records.values()];
  }

  save(record: JobRecord): void {
    writeSync(this.handle, `${JSON.stringify(record)}\n`);
  }
}

function recordIn(line: string): JobRecord | undefined {
  try {
    return JSON.parse(line) as JobRecord;
  } catch {
    return undefined;
  }
}
