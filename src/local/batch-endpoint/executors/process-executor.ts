import type { Logger } from 'pino';
import { messageOf } from '../../../errors.ts';
import { lastLines, runCommand } from '../../../run-command.ts';
import type { JobExecutor, JobListener } from '../jobs/job-executor.ts';
import {
  startedAtOf,
  forbidProcess,
  hasStarted,
  killLeftovers,
  lastActivityAt,
  signalRunner,
  startJobProcess,
  stateOfProcess,
  type ProcessState,
} from './job-process.ts';
import { runKeyVariable, type JobRecord } from '../jobs/job-record.ts';
import type { JobEnd } from '../jobs/job-executor.ts';
import type { ProcessSettings } from '../start-up-file.ts';

/** Milliseconds between two checks of processes that an earlier endpoint started; own children send events. */
const checkInterval = 200;
/** Milliseconds until a reap is abandoned, so that it does not block a slot. */
const reapTimeout = 60_000;

/** The folders of processes, and the log. */
export interface ProcessPlace {
  folderOf: (jobId: string) => string;
  log: Logger;
}

/** Every job is a detached process that outlives the endpoint. */
export class ProcessExecutor implements JobExecutor {
  /** Jobs whose process an earlier endpoint started. */
  private readonly adopted = new Map<string, JobListener>();
  private readonly timer = setInterval(() => this.checkAdopted(), checkInterval);

  constructor(
    private readonly commands: Omit<ProcessSettings, 'kind'>,
    private readonly environment: Record<string, string>,
    private readonly place: ProcessPlace,
  ) {}

  begin(job: JobRecord, listener: JobListener): void {
    const { folderOf, log } = this.place;
    const { jobId } = job.detail;
    const child = startJobProcess(folderOf(jobId), this.commands.runner, this.environmentOf(job));
    child.once('spawn', () => {
      listener.started(Date.now());
      log.info({ jobId, pid: child.pid }, 'process started');
    });
    child.once('error', (error) =>
      listener.ended({ kind: 'unstartable', at: Date.now(), cause: `CannotStartContainerError: ${messageOf(error)}` }),
    );
    child.once('exit', () => listener.ended(endOf(stateOfProcess(folderOf(jobId)), Date.now())));
  }

  resume({ detail }: JobRecord, listener: JobListener, lastAlive: number): void {
    const folder = this.place.folderOf(detail.jobId);
    const state = stateOfProcess(folder);
    if (state.kind === 'not-started' && forbidProcess(folder)) {
      return listener.ended({ kind: 'lost', at: Math.max(detail.createdAt, lastAlive) });
    }
    const startedAt = detail.startedAt ?? startedAtOf(folder);
    listener.started(startedAt);
    if (hasEnded(state)) listener.ended(endOf(state, Math.max(startedAt, lastActivityAt(folder), lastAlive)));
    else this.adopted.set(detail.jobId, listener);
  }

  secondsRun({ detail }: JobRecord): number {
    return (Date.now() - (detail.startedAt ?? Date.now())) / 1000;
  }

  signal(jobId: string, signal: 'SIGTERM' | 'SIGKILL'): boolean {
    return signalRunner(this.place.folderOf(jobId), jobId, signal);
  }

  async cleanUp(jobId: string, end: JobEnd): Promise<void> {
    const folder = this.place.folderOf(jobId);
    if (!hasStarted(folder)) return;
    if (end.kind === 'lost') killLeftovers(folder, jobId);
    // A runner that exits with 0 has cleaned up; any other end may be a crash.
    if (end.kind === 'lost' || (end.kind === 'exited' && end.code !== 0)) await this.reap(jobId);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private checkAdopted(): void {
    for (const [jobId, listener] of this.adopted) {
      const state = stateOfProcess(this.place.folderOf(jobId));
      if (!hasEnded(state)) continue;
      this.adopted.delete(jobId);
      listener.ended(endOf(state, Date.now()));
    }
  }

  private environmentOf({ queue, detail }: JobRecord): NodeJS.ProcessEnv {
    const runKey = detail.container.environment?.find(({ name }) => name === runKeyVariable)?.value;
    return {
      ...this.environment,
      ...(runKey === undefined ? {} : { [runKeyVariable]: runKey }),
      AWS_BATCH_JOB_ID: detail.jobId,
      AWS_BATCH_JOB_ATTEMPT: '1',
      AWS_BATCH_JQ_NAME: queue,
    };
  }

  private async reap(jobId: string): Promise<void> {
    const [program, ...args] = this.commands.reap;
    const { status, stderr } = await runCommand(program, [...args, jobId], {
      env: this.environment,
      timeout: reapTimeout,
    });
    if (status !== 0)
      this.place.log.warn({ jobId, status, output: lastLines(stderr) }, 'could not clean up after a job');
  }
}

const hasEnded = (state: ProcessState): boolean => state.kind === 'exited' || state.kind === 'gone';

const endOf = (state: ProcessState, lostAt: number): JobEnd =>
  state.kind === 'exited' ? state : { kind: 'lost', at: lostAt };
