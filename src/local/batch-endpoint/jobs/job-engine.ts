import type { Logger } from 'pino';
import type { Arns } from './arns.ts';
import type { JobExecutor, JobListener } from './job-executor.ts';
import { JobQueue } from './job-queue.ts';
import type { DiskRoom } from './disk-room.ts';
import { droppedJob, endedJob } from './job-end.ts';
import { isActive, isWaiting, newJob, runningJob, startingJob, type JobOrder, type JobRecord } from './job-record.ts';
import type { JobEnd } from './job-executor.ts';
import { JobRetention } from './job-retention.ts';
import { timeoutText } from './status-reasons.ts';
import type { JobStore } from './job-store.ts';
import type { LastAlive } from './last-alive.ts';
import { QueueFront } from './queue-front.ts';
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
  private readonly queues: Map<string, JobQueue>;
  private readonly front = new QueueFront();
  private readonly retention: JobRetention;

  constructor(
    private readonly parts: {
      startUp: Pick<StartUp, 'queues' | 'killGraceSeconds' | 'delays' | 'retentionSeconds'>;
      arns: Arns;
      jobs: JobStore;
      executor: JobExecutor;
      lastAlive: LastAlive;
      disk: DiskRoom;
      log: Logger;
    },
  ) {
    this.retention = new JobRetention(parts.jobs, parts.startUp.retentionSeconds);
    this.queues = new Map(
      parts.startUp.queues.map((queue) => [queue.name, new JobQueue(queue, parts.jobs, this.front, parts.disk)]),
    );
  }

  /** Resumes the jobs of an earlier engine and works until {@link stop}. */
  start(): void {
    const { jobs, executor, lastAlive } = this.parts;
    for (const job of jobs.active()) executor.resume(job, this.listenerOf(job.detail.jobId), lastAlive.previous);
    this.timer = setInterval(() => this.sweep(), sweepInterval);
    for (const job of jobs.waiting()) this.pass(job.queue, job.detail.jobId);
    this.sweep();
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
    this.later(() => this.pass(job.queue, jobId));
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
    const { lastAlive, jobs } = this.parts;
    const now = Date.now();
    lastAlive.touch(now);
    for (const job of jobs.active()) this.enforceDeadline(job);
    this.dispatch();
    for (const queue of this.queues.values()) queue.watchHead(now);
    this.retention.forgetOld(now);
  }

  /** The first RUNNABLE jobs of a queue, and since when (ms) each is at its position. */
  frontOf(queue: string): ReturnType<QueueFront['of']> {
    this.queues.get(queue)?.watchHead(Date.now());
    return this.front.of(queue);
  }

  private dispatch(): void {
    if (this.timer === undefined) return;
    for (const queue of this.queues.values()) {
      for (const job of queue.startable()) this.begin(job);
    }
  }

  /** Takes a job to PENDING and then to RUNNABLE, from where it starts if it can. */
  private pass(queue: string, jobId: string): void {
    const { jobs } = this.parts;
    this.queues.get(queue)?.advance(jobId);
    if (jobs.get(jobId)?.detail.status === 'PENDING') return this.later(() => this.pass(queue, jobId));
    this.dispatch();
    const job = jobs.get(jobId);
    // Stored only if it has to wait: a new endpoint takes a SUBMITTED job here again.
    if (job?.detail.status === 'RUNNABLE') jobs.put(job);
  }

  private later(step: () => void): void {
    const { step: delay } = this.parts.startUp.delays;
    if (delay === 0) setImmediate(step);
    else setTimeout(step, delay);
  }

  private begin(job: JobRecord): void {
    const starting = startingJob(job, this.parts.arns);
    this.parts.jobs.put(starting);
    this.parts.executor.begin(starting, this.listenerOf(job.detail.jobId));
  }

  private listenerOf(jobId: string): JobListener {
    return { started: (at) => this.markRunning(jobId, at), ended: (end) => this.handleEnd(jobId, end) };
  }

  private markRunning(jobId: string, startedAt: number): void {
    const { jobs, log, arns } = this.parts;
    const job = jobs.get(jobId);
    if (job?.detail.status !== 'STARTING') return;
    jobs.put(runningJob(job, startedAt, arns));
    log.info({ jobId }, 'job started');
  }

  /** Stops an active job that was terminated or is over its time limit: SIGTERM, then SIGKILL after the grace. */
  private enforceDeadline(job: JobRecord): void {
    const { jobs, startUp, executor } = this.parts;
    const { jobId } = job.detail;
    if (this.ending.has(jobId)) return;
    const isOverdue = executor.secondsRun(job) >= (job.timeoutSeconds ?? Infinity);
    const stop = job.stop ?? (isOverdue ? stopOrder(timeoutText) : undefined);
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
