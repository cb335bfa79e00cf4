import { createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { JobRecord } from './job-record.ts';
import type { JobPersistence } from './job-store.ts';

/**
 * Keeps jobs as lines of one file, a job's last line being the valid one. A hundred times cheaper than a file for each
 * job; outlives this process but not a loss of power.
 */
export class JobJournal implements JobPersistence {
  private readonly handle: number;

  /** Opens the file, made if need be. */
  constructor(private readonly file: string) {
    this.handle = openSync(file, 'a');
    // Whoever was killed while writing a line left half of it: no line of ours must stick to that.
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
