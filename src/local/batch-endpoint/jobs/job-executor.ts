import type { JobRecord } from './job-record.ts';

/** How a job ended: with an exit code, lost without a trace, or never started. `at` in milliseconds. */
export type JobEnd = { at: number } & (
  { kind: 'exited'; code: number } | { kind: 'lost' } | { kind: 'unstartable'; cause: string }
);

/** Receives the events of one job. `ended` is called exactly once and last, also if the job cannot start. Milliseconds. */
export interface JobListener {
  started(at: number): void;
  ended(end: JobEnd): void;
}

/** Executes jobs, as processes or simulated, when the engine says so. */
export interface JobExecutor {
  /** Starts a job, which is STARTING. */
  begin(job: JobRecord, listener: JobListener): void;
  /** Continues a job that an earlier endpoint started; that endpoint was last alive at `lastAlive`. */
  resume(job: JobRecord, listener: JobListener, lastAlive: number): void;
  /** How long a running job has run, in its own seconds. */
  secondsRun(job: JobRecord): number;
  /** Signals the runner of a job; false when there is no runner, not yet or no longer. */
  signal(jobId: string, signal: 'SIGTERM' | 'SIGKILL'): boolean;
  /** Removes everything that a job left behind; its slot is free afterwards. */
  cleanUp(jobId: string, end: JobEnd): Promise<void>;
  /** Stops watching jobs. Processes continue; simulated jobs end and are resumed by the next endpoint. */
  close(): void;
}
