import type { Logger } from 'pino';
import type { Arns } from './arns.ts';
import type { JobExecutor, JobListener } from './job-executor.ts';
import {
  droppedJob,
  endedJob,
  isActive,
  isWaiting,
  newJob,
  type JobEnd,
  type JobOrder,
  type JobRecord,
} from './job-record.ts';
import type { JobStore } from './job-store.ts';
import type { LastAlive } from './last-alive.ts';
import type { StartUp } from '../start-up-file.ts';

/** Milliseconds between two checks of deadlines and free slots. */
const sweepInterval = 200;

/**
 * Moves jobs from SUBMITTED to their end: assigns slots in order of acceptance, starts jobs, enforces deadlines. Every step
 * is stored before it takes effect, so a new engine over the same store continues.
 */
export class JobEngine {
  private readonly ending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: {
      startUp: Pick<StartUp, 'queues' | 'killGraceSeconds'>;
      arns: Arns;
      jobs: JobStore;
      executor: JobExecutor;
      lastAlive: LastAlive;
      log: Logger;
    },
  ) {}

  /** Resumes the jobs of an earlier engine and works until {@link stop}. */
  start(): void {
    const { jobs, executor, lastAlive } = this.parts;
    for (const job of jobs.active()) executor.resume(job, this.listenerOf(job.detail.jobId), lastAlive.previous);
    this.timer = setInterval(() => this.sweep(), sweepInterval);
    this.sweep();
    for (const job of jobs.waiting()) this.markRunnable(job.detail.jobId);
  }

  /** Jobs keep their state. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.parts.executor.close();
  }

  /** Accepts a job; it is stored when this returns and starts after the caller has responded. */
  submit(order: JobOrder): JobRecord {
    const { jobs, arns, log } = this.parts;
    const job = newJob(order, jobs.nextSequence(), arns);
    const { jobId, jobName } = job.detail;
    jobs.put(job);
    log.info({ jobId, jobName, queue: job.queue }, 'job accepted');
    setImmediate(() => {
      this.dispatch();
      this.markRunnable(jobId);
    });
    return job;
  }

  /** Removes a job that has not started from its queue; has no effect on any other, as on AWS. */
  cancel(job: JobRecord, reason: string): void {
    if (isWaiting(job)) this.parts.jobs.put(droppedJob(job, reason, 'isCancelled'));
  }

  /** Ends a job in any state; has no effect on an ended job. */
  terminate(job: JobRecord, reason: string): void {
    if (isWaiting(job)) this.parts.jobs.put(droppedJob(job, reason, 'isTerminated'));
    if (!isActive(job)) return;
    const detail = { ...job.detail, isTerminated: true };
    const terminated = { ...job, detail, stop: job.stop ?? stopOrder(reason) };
    this.parts.jobs.put(terminated);
    this.enforceDeadline(terminated);
  }

  private sweep(): void {
    this.parts.lastAlive.touch(Date.now());
    for (const job of this.parts.jobs.active()) this.enforceDeadline(job);
    this.dispatch();
  }

  private dispatch(): void {
    if (this.timer === undefined) return;
    const { jobs, startUp } = this.parts;
    for (const { name, slots } of startUp.queues) {
      const free = slots - jobs.activeIn(name);
      for (const job of jobs.firstWaiting(name, free)) this.begin(job);
    }
  }

  /** Marks a job that found no free slot. */
  private markRunnable(jobId: string): void {
    const job = this.parts.jobs.get(jobId);
    if (job?.detail.status !== 'SUBMITTED') return;
    this.parts.jobs.put({ ...job, detail: { ...job.detail, status: 'RUNNABLE' } });
  }

  private begin(job: JobRecord): void {
    const starting: JobRecord = { ...job, detail: { ...job.detail, status: 'STARTING' } };
    this.parts.jobs.put(starting);
    this.parts.executor.begin(starting, this.listenerOf(job.detail.jobId));
  }

  private listenerOf(jobId: string): JobListener {
    return { started: (at) => this.markRunning(jobId, at), ended: (end) => this.handleEnd(jobId, end) };
  }

  private markRunning(jobId: string, startedAt: number): void {
    const { jobs, log } = this.parts;
    const job = jobs.get(jobId);
    if (job?.detail.status !== 'STARTING') return;
    jobs.put({ ...job, detail: { ...job.detail, status: 'RUNNING', startedAt } });
    log.info({ jobId }, 'job started');
  }

  /** Stops an active job that was terminated or is over its time limit: SIGTERM, then SIGKILL after the grace. */
  private enforceDeadline(job: JobRecord): void {
    const { jobs, startUp, executor } = this.parts;
    const { jobId } = job.detail;
    if (this.ending.has(jobId)) return;
    const isOverdue = executor.secondsRun(job) >= (job.timeoutSeconds ?? Infinity);
    const stop = job.stop ?? (isOverdue ? stopOrder('Job attempt duration exceeded timeout') : undefined);
    if (stop === undefined) return;
    // A runner that has not started yet gets its signal in a later sweep.
    const signalled = stop.signalled || executor.signal(jobId, 'SIGTERM');
    if (stop !== job.stop || signalled !== stop.signalled) jobs.put({ ...job, stop: { ...stop, signalled } });
    if (Date.now() >= stop.at + startUp.killGraceSeconds * 1000) executor.signal(jobId, 'SIGKILL');
  }

  private handleEnd(jobId: string, end: JobEnd): void {
    if (this.ending.has(jobId)) return;
    this.ending.add(jobId);
    // If the end cannot be stored (disk full), this process crashes: jobs outlive it and the next one resumes them.
    void this.recordEnd(jobId, end);
  }

  /** Cleans up after a job and records its end; its slot is free only then. */
  private async recordEnd(jobId: string, end: JobEnd): Promise<void> {
    const { jobs, executor, log } = this.parts;
    await executor.cleanUp(jobId, end);
    const job = jobs.get(jobId);
    if (job === undefined) return;
    const ended = endedJob(job, end);
    jobs.put(ended);
    this.ending.delete(jobId);
    log.info({ jobId, status: ended.detail.status, reason: ended.detail.statusReason, ...end }, 'job ended');
    this.dispatch();
  }
}

const stopOrder = (statusReason: string): NonNullable<JobRecord['stop']> => ({
  statusReason,
  at: Date.now(),
  signalled: false,
});
