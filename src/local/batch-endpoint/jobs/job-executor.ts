import type { JobEnd, JobRecord } from './job-record.ts';

/** Hears about one job. `ended` comes once, and last, also for a job that could not start. Times in milliseconds. */
export interface JobListener {
  started(at: number): void;
  ended(end: JobEnd): void;
}

/** How jobs are carried out: as processes, or simulated. The engine decides when; this does it. */
export interface JobExecutor {
  /** Begins a job, which is STARTING. */
  begin(job: JobRecord, listener: JobListener): void;
  /** Goes on with a job that an earlier endpoint began, which last lived at `lastAlive`. */
  resume(job: JobRecord, listener: JobListener, lastAlive: number): void;
  /** How long a running job has run, in its own seconds. */
  secondsRun(job: JobRecord): number;
  /** Signals the runner of a job; false when there is none yet or any more. */
  signal(jobId: string, signal: 'SIGTERM' | 'SIGKILL'): boolean;
  /** Removes what a job left; its slot is free afterwards. */
  cleanUp(jobId: string, end: JobEnd): Promise<void>;
  /** Watches no longer; what can live on without the endpoint does. */
  close(): void;
}
