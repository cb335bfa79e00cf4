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

/** Between two looks at deadlines. */
const sweepInterval = 200;

/**
 * Carries jobs from SUBMITTED to their end: gives out slots in the order of acceptance, has jobs begun, watches
 * deadlines. Every step is on disk before it has an effect, so a new engine over the same store goes on.
 */
export class JobEngine {
  private readonly ending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: {
      startUp: Pick<StartUp, 'queues' | 'killGraceSeconds'>;
      arns: Arns;
      jobs: JobStore;
      carrier: JobExecutor;
      pulse: LastAlive;
      log: Logger;
    },
  ) {}

  /** Takes up what an earlier engine left, then goes on until {@link stop}. */
  start(): void {
    const { jobs, carrier, pulse } = this.parts;
    for (const job of jobs.active()) carrier.resume(job, this.listenerOf(job.detail.jobId), pulse.previous);
    this.timer = setInterval(() => this.sweep(), sweepInterval);
    this.sweep();
    for (const job of jobs.waiting()) this.markRunnable(job.detail.jobId);
  }

  /** Leaves the jobs as they are. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.parts.carrier.close();
  }

  /** Accepts a job; it is on disk when this returns and begins after the caller has answered. */
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

  /** Takes a job that has not started out of its queue; any other is left alone, as on AWS. */
  cancel(job: JobRecord, reason: string): void {
    if (isWaiting(job)) this.parts.jobs.put(droppedJob(job, reason, 'isCancelled'));
  }

  /** Ends a job in any state; one that has ended stays as it is. */
  terminate(job: JobRecord, reason: string): void {
    if (isWaiting(job)) this.parts.jobs.put(droppedJob(job, reason, 'isTerminated'));
    if (!isActive(job)) return;
    const detail = { ...job.detail, isTerminated: true };
    const terminated = { ...job, detail, stop: job.stop ?? stopOrder(reason) };
    this.parts.jobs.put(terminated);
    this.enforceDeadline(terminated);
  }

  private sweep(): void {
    this.parts.pulse.touch(Date.now());
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

  /** What no slot was free for. */
  private markRunnable(jobId: string): void {
    const job = this.parts.jobs.get(jobId);
    if (job?.detail.status !== 'SUBMITTED') return;
    this.parts.jobs.put({ ...job, detail: { ...job.detail, status: 'RUNNABLE' } });
  }

  private begin(job: JobRecord): void {
    const starting: JobRecord = { ...job, detail: { ...job.detail, status: 'STARTING' } };
    this.parts.jobs.put(starting);
    this.parts.carrier.begin(starting, this.listenerOf(job.detail.jobId));
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

  /** Must an active job be stopped? */
  private enforceDeadline(job: JobRecord): void {
    const { jobs, startUp, carrier } = this.parts;
    const { jobId } = job.detail;
    if (this.ending.has(jobId)) return;
    const isOverdue = carrier.secondsRun(job) >= (job.timeoutSeconds ?? Infinity);
    const stop = job.stop ?? (isOverdue ? stopOrder('Job attempt duration exceeded timeout') : undefined);
    if (stop === undefined) return;
    // A runner that is not there yet is tried again in the next sweep.
    const signalled = stop.signalled || carrier.signal(jobId, 'SIGTERM');
    if (stop !== job.stop || signalled !== stop.signalled) jobs.put({ ...job, stop: { ...stop, signalled } });
    if (Date.now() >= stop.at + startUp.killGraceSeconds * 1000) carrier.signal(jobId, 'SIGKILL');
  }

  private handleEnd(jobId: string, end: JobEnd): void {
    if (this.ending.has(jobId)) return;
    this.ending.add(jobId);
    // When the end cannot be kept (disk full) the process goes down: jobs outlive it, the next one takes them up.
    void this.recordEnd(jobId, end);
  }

  /** Cleans up after a job and records its end; only then is its slot free. */
  private async recordEnd(jobId: string, end: JobEnd): Promise<void> {
    const { jobs, carrier, log } = this.parts;
    await carrier.cleanUp(jobId, end);
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
