import { isActive, isWaiting, type JobRecord } from './job-record.ts';

/** Jobs of one queue that have not ended, in the order they were accepted. */
interface OpenJobs {
  waiting: Map<string, JobRecord>;
  active: Map<string, JobRecord>;
}

/** Where jobs are kept beyond the life of this process. */
export interface JobPersistence {
  /** Keeps a new or changed job; done when this returns. */
  save(record: JobRecord): void;
}

/**
 * All jobs in memory, and kept. What is looked up for every job takes as long for a hundred thousand jobs as for one.
 */
export class JobStore {
  private readonly records = new Map<string, JobRecord>();
  private readonly open = new Map<string, OpenJobs>();
  /** Job ids by lower-case job name, in the order they were accepted. */
  private readonly names = new Map<string, string[]>();
  private sequence = 0;

  /** `kept`: what an earlier process left with the keeper. */
  constructor(
    private readonly keeper: JobPersistence,
    kept: readonly JobRecord[],
  ) {
    kept.toSorted((one, other) => one.sequence - other.sequence).forEach((record) => this.remember(record));
  }

  nextSequence(): number {
    return this.sequence + 1;
  }

  get(jobId: string): JobRecord | undefined {
    return this.records.get(jobId);
  }

  /** Every job, newest first. Takes longer the more jobs there ever were. */
  newestFirst(): JobRecord[] {
    return [...this.records.values()].reverse();
  }

  /** Jobs of this name in any case, newest first. */
  named(name: string): JobRecord[] {
    const jobIds = this.names.get(name.toLowerCase()) ?? [];
    return jobIds.flatMap((jobId) => this.records.get(jobId) ?? []).reverse();
  }

  /** Jobs that hold a slot; a copy that stays as it is. */
  active(): JobRecord[] {
    return [...this.open.values()].flatMap(({ active }) => [...active.values()]);
  }

  /** Jobs that hold no slot yet; a copy that stays as it is. */
  waiting(): JobRecord[] {
    return [...this.open.values()].flatMap(({ waiting }) => [...waiting.values()]);
  }

  /** How many slots of a queue are taken. */
  activeIn(queue: string): number {
    return this.openIn(queue).active.size;
  }

  /** The jobs of a queue that are next, at most so many, oldest first. */
  firstWaiting(queue: string, most: number): JobRecord[] {
    const first: JobRecord[] = [];
    for (const job of this.openIn(queue).waiting.values()) {
      if (first.length >= most) break;
      first.push(job);
    }
    return first;
  }

  /** Changes a job or adds one; it is kept when this returns. */
  put(record: JobRecord): void {
    this.keeper.save(record);
    this.remember(record);
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
