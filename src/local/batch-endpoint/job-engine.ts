import type { Logger } from 'pino';
import { messageOf } from '../../errors.ts';
import { lastLines, runCommand } from '../run-command.ts';
import type { Arns } from './arns.ts';
import {
  begunAt,
  forbidProcess,
  killLeftovers,
  lastSign,
  signalRunner,
  startJobProcess,
  stateOfProcess,
  type ProcessState,
} from './job-process.ts';
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
import type { Pulse } from './pulse.ts';
import type { StartUp } from './start-up-file.ts';

/** Between two looks at deadlines and at processes that an earlier endpoint started; own children are heard at once. */
const sweepInterval = 200;
/** A reap that takes longer is given up: a slot must not hang on it. */
const reapLimit = 60_000;

/**
 * Carries jobs from SUBMITTED to their end: gives out slots in the order of acceptance, starts processes, watches
 * deadlines, notices ends. Every step is on disk before it has an effect, so a new engine over the same store goes on.
 */
export class JobEngine {
  /** Jobs whose wrapper is a child of this process. */
  private readonly children = new Set<string>();
  private readonly ending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: {
      startUp: Pick<StartUp, 'queues' | 'runner' | 'reap' | 'environment' | 'killGraceSeconds'>;
      arns: Arns;
      jobs: JobStore;
      pulse: Pulse;
      log: Logger;
    },
  ) {}

  /** Takes up what an earlier engine left, then goes on until {@link stop}. */
  start(): void {
    for (const job of this.parts.jobs.unended().filter(isActive)) this.resume(job);
    this.timer = setInterval(() => this.sweep(), sweepInterval);
    this.sweep();
  }

  /** Leaves all processes as they are. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Accepts a job; it is on disk when this returns and begins after the caller has answered. */
  submit(order: JobOrder): JobRecord {
    const { jobs, arns, log } = this.parts;
    const job = newJob(order, jobs.nextSequence(), arns);
    jobs.put(job);
    log.info({ jobId: job.detail.jobId, jobName: job.detail.jobName, queue: job.queue }, 'job accepted');
    setImmediate(() => this.dispatch());
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
    this.parts.jobs.put({ ...job, detail, stop: job.stop ?? stopOrder(reason) });
    this.attend(job.detail.jobId);
  }

  private resume(job: JobRecord): void {
    const { jobs, pulse } = this.parts;
    const { jobId, status, createdAt } = job.detail;
    const folder = jobs.folderOf(jobId);
    const state = stateOfProcess(folder);
    if (state.kind === 'unbegun' && forbidProcess(folder)) {
      return this.finish(jobId, { kind: 'lost', at: Math.max(createdAt, pulse.lastBefore) });
    }
    const startedAt = job.detail.startedAt ?? begunAt(folder);
    if (status === 'STARTING') jobs.put({ ...job, detail: { ...job.detail, status: 'RUNNING', startedAt } });
    if (state.kind === 'exited' || state.kind === 'gone') {
      this.finish(jobId, endOf(state, Math.max(startedAt, lastSign(folder), pulse.lastBefore)));
    }
  }

  private sweep(): void {
    this.parts.pulse.beat(Date.now());
    for (const job of this.parts.jobs.unended().filter(isActive)) this.attend(job.detail.jobId);
    this.dispatch();
  }

  private dispatch(): void {
    if (this.timer === undefined) return;
    const { jobs, startUp } = this.parts;
    const free = new Map(startUp.queues.map(({ name, slots }) => [name, slots]));
    const unended = jobs.unended();
    for (const { queue } of unended.filter(isActive)) free.set(queue, (free.get(queue) ?? 0) - 1);
    for (const job of unended.filter(isWaiting)) {
      const slots = free.get(job.queue) ?? 0;
      if (slots <= 0) {
        if (job.detail.status !== 'RUNNABLE') jobs.put({ ...job, detail: { ...job.detail, status: 'RUNNABLE' } });
        continue;
      }
      free.set(job.queue, slots - 1);
      this.begin(job);
    }
  }

  private begin(job: JobRecord): void {
    const { jobs, startUp, log } = this.parts;
    const { jobId } = job.detail;
    jobs.put({ ...job, detail: { ...job.detail, status: 'STARTING' } });
    const child = startJobProcess(jobs.folderOf(jobId), startUp.runner, this.environmentOf(job));
    this.children.add(jobId);
    child.once('spawn', () => {
      const now = jobs.get(jobId) ?? job;
      jobs.put({ ...now, detail: { ...now.detail, status: 'RUNNING', startedAt: Date.now() } });
      log.info({ jobId, pid: child.pid }, 'job started');
    });
    child.once('error', (error) =>
      this.finish(jobId, {
        kind: 'unstartable',
        at: Date.now(),
        cause: `CannotStartContainerError: ${messageOf(error)}`,
      }),
    );
    child.once('exit', () => this.finish(jobId, endOf(stateOfProcess(jobs.folderOf(jobId)), Date.now())));
  }

  private environmentOf({ queue, detail }: JobRecord): NodeJS.ProcessEnv {
    const own = (detail.container.environment ?? []).map(({ name, value }) => [name, value] as const);
    return {
      ...this.parts.startUp.environment,
      ...Object.fromEntries(own),
      AWS_BATCH_JOB_ID: detail.jobId,
      AWS_BATCH_JOB_ATTEMPT: '1',
      AWS_BATCH_JQ_NAME: queue,
    };
  }

  /** One look at an active job: has it ended, must it be stopped? */
  private attend(jobId: string): void {
    const { jobs, startUp } = this.parts;
    const folder = jobs.folderOf(jobId);
    const job = jobs.get(jobId);
    if (job === undefined || this.ending.has(jobId)) return;
    if (!this.children.has(jobId)) {
      const state = stateOfProcess(folder);
      if (state.kind === 'exited' || state.kind === 'gone') return this.finish(jobId, endOf(state, Date.now()));
    }
    const stop = job.stop ?? (isOverdue(job) ? stopOrder('Job attempt duration exceeded timeout') : undefined);
    if (stop === undefined) return;
    // A runner that is not there yet is tried again in the next sweep.
    const signalled = stop.signalled || signalRunner(folder, jobId, 'SIGTERM');
    if (stop !== job.stop || signalled !== stop.signalled) jobs.put({ ...job, stop: { ...stop, signalled } });
    if (Date.now() >= stop.at + startUp.killGraceSeconds * 1000) signalRunner(folder, jobId, 'SIGKILL');
  }

  private finish(jobId: string, end: JobEnd): void {
    if (this.ending.has(jobId)) return;
    this.ending.add(jobId);
    // When the end cannot be kept (disk full) the process goes down: jobs outlive it, the next one takes them up.
    void this.settle(jobId, end);
  }

  /** Cleans up after a job and records its end; only then is its slot free. */
  private async settle(jobId: string, end: JobEnd): Promise<void> {
    const { jobs, log } = this.parts;
    if (end.kind === 'lost') killLeftovers(jobs.folderOf(jobId), jobId);
    // With 0 the runner has cleaned up itself; anything else may be a crash.
    if (end.kind === 'lost' || (end.kind === 'exited' && end.code !== 0)) await this.reap(jobId);
    const job = jobs.get(jobId);
    if (job === undefined) return;
    const ended = endedJob(job, end);
    jobs.put(ended);
    this.children.delete(jobId);
    this.ending.delete(jobId);
    log.info({ jobId, status: ended.detail.status, reason: ended.detail.statusReason, ...end }, 'job ended');
    this.dispatch();
  }

  private async reap(jobId: string): Promise<void> {
    const { startUp, log } = this.parts;
    const [program, ...args] = startUp.reap;
    const { status, stderr } = await runCommand(program, [...args, jobId], {
      env: startUp.environment,
      timeout: reapLimit,
    });
    if (status !== 0) log.warn({ jobId, status, said: lastLines(stderr) }, 'could not clean up after a job');
  }
}

const stopOrder = (statusReason: string): NonNullable<JobRecord['stop']> => ({
  statusReason,
  at: Date.now(),
  signalled: false,
});

const isOverdue = ({ timeoutSeconds, detail: { startedAt } }: JobRecord): boolean =>
  timeoutSeconds !== undefined && startedAt !== undefined && Date.now() >= startedAt + timeoutSeconds * 1000;

const endOf = (state: ProcessState, lostAt: number): JobEnd =>
  state.kind === 'exited' ? state : { kind: 'lost', at: lostAt };
