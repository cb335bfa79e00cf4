import { isActive, isWaiting, type JobRecord } from './job-record.ts';

/** Jobs of one queue that have not ended, in order of acceptance. */
interface OpenJobs {
  waiting: Map<string, JobRecord>;
  active: Map<string, JobRecord>;
}

/** Stores jobs beyond the life of this process. */
export interface JobPersistence {
  /** Stores a new or changed job before it returns. */
  save(record: JobRecord): void;
  /** Removes a job for good. */
  forget(jobId: string): void;
}

/**
 * All jobs, in memory and persistent. Operations that run for every job take constant time in the number of jobs.
 */
export class JobStore {
  private readonly records = new Map<string, JobRecord>();
  private readonly open = new Map<string, OpenJobs>();
  /** Job ids by lower-case job name, in order of acceptance. */
  private readonly names = new Map<string, string[]>();
  private sequence = 0;

  /** `stored`: the jobs that an earlier process saved. */
  constructor(
    private readonly persistence: JobPersistence,
    stored: readonly JobRecord[],
  ) {
    stored.toSorted((one, other) => one.sequence - other.sequence).forEach((record) => this.remember(record));
  }

  nextSequence(): number {
    return this.sequence + 1;
  }

  get(jobId: string): JobRecord | undefined {
    return this.records.get(jobId);
  }

  /** Every job, newest first. Takes time linear in the number of jobs. */
  newestFirst(): JobRecord[] {
    return [...this.records.values()].reverse();
  }

  /** Jobs of this name, ignoring case, newest first. */
  named(name: string): JobRecord[] {
    const jobIds = this.names.get(name.toLowerCase()) ?? [];
    return jobIds.flatMap((jobId) => this.records.get(jobId) ?? []).reverse();
  }

  /** A snapshot of the jobs that hold a slot. */
  active(): JobRecord[] {
    return [...this.open.values()].flatMap(({ active }) => [...active.values()]);
  }

  /** A snapshot of the jobs that hold no slot yet. */
  waiting(): JobRecord[] {
    return [...this.open.values()].flatMap(({ waiting }) => [...waiting.values()]);
  }

  /** The number of taken slots of a queue. */
  activeIn(queue: string): number {
    return this.openIn(queue).active.size;
  }

  /** The first RUNNABLE jobs of a queue, oldest first, at most `limit`. */
  firstRunnable(queue: string, limit: number): JobRecord[] {
    const first: JobRecord[] = [];
    for (const job of this.openIn(queue).waiting.values()) {
      if (first.length >= limit) break;
      if (job.detail.status === 'RUNNABLE') first.push(job);
    }
    return first;
  }

  /** Adds or replaces a job; it is stored when this returns. */
  put(record: JobRecord): void {
    this.persistence.save(record);
    this.remember(record);
  }

  /** Replaces a job without storing it: for a state that a new endpoint finds again by itself. */
  show(record: JobRecord): void {
    this.remember(record);
  }

  /** Forgets the jobs that ended before this instant (ms). Takes time linear in the number of jobs. */
  forgetEndedBefore(instant: number): void {
    for (const record of this.records.values()) {
      if (record.detail.stoppedAt === undefined || record.detail.stoppedAt >= instant) continue;
      const { jobId, jobName } = record.detail;
      const name = jobName.toLowerCase();
      const others = (this.names.get(name) ?? []).filter((other) => other !== jobId);
      if (others.length === 0) this.names.delete(name);
      else this.names.set(name, others);
      this.records.delete(jobId);
      this.persistence.forget(jobId);
    }
  }

  private remember(record: JobRecord): void {
    const { jobId, jobName } = record.detail;
    if (!this.records.has(jobId)) {
      const name = jobName.toLowerCase();
      this.names.set(name, [...(this.names.get(name) ?? []), jobId]);
    }
    this.sequence = Math.max(this.sequence, record.sequence);
    this.records.set(jobId, record);
    const { waiting, active } = this.openIn(record.queue);
    if (isWaiting(record)) waiting.set(jobId, record);
    else waiting.delete(jobId);
    if (isActive(record)) active.set(jobId, record);
    else active.delete(jobId);
  }

  private openIn(queue: string): OpenJobs {
    const open = this.open.get(queue) ?? {
      waiting: new Map<string, JobRecord>(),
      active: new Map<string, JobRecord>(),
    };
    this.open.set(queue, open);
    return open;
  }
}
