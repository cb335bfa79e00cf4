import type { Logger } from 'pino';
import { messageOf, holdoutError } from '../../../errors.ts';
import { runnerExit } from '../../../campaign/model/run-outcome.ts';
import type { JobExecutor, JobListener } from '../jobs/job-executor.ts';
import { runKeyVariable, type JobRecord } from '../jobs/job-record.ts';
import type { JobEnd } from '../jobs/job-executor.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedRunner } from './simulated-runner.ts';

/**
 * Simulates jobs in this process: they take time and write outcomes. They do not outlive it, but end when they would have: a
 * resumed job counts from its startedAt.
 */
export class SimulatedExecutor implements JobExecutor {
  private readonly running = new Map<string, { process: SimulatedProcess; listener: JobListener }>();

  constructor(
    private readonly runner: SimulatedRunner,
    private readonly timeScale: number,
    private readonly log: Logger,
  ) {}

  begin(job: JobRecord, listener: JobListener): void {
    const { jobId, startedAt = Date.now() } = job.detail;
    const process = new SimulatedProcess(startedAt, this.timeScale);
    this.running.set(jobId, { process, listener });
    listener.started(startedAt);
    if (job.stop?.signalled) process.signal('SIGTERM', job.stop.at);
    void this.run(job, process).then((end) => end && this.end(jobId, end));
  }

  resume(job: JobRecord, listener: JobListener): void {
    this.begin(job, listener);
  }

  secondsRun({ detail }: JobRecord): number {
    return this.running.get(detail.jobId)?.process.secondsRun() ?? 0;
  }

  signal(jobId: string, signal: 'SIGTERM' | 'SIGKILL'): boolean {
    const process = this.running.get(jobId)?.process;
    if (process === undefined) return false;
    process.signal(signal);
    const at = process.startedAt + Math.ceil(process.secondsRun() * 1000);
    if (signal === 'SIGKILL') this.end(jobId, { kind: 'exited', code: 137, at });
    return true;
  }

  async cleanUp(): Promise<void> {}

  close(): void {
    const processes = [...this.running.values()].map(({ process }) => process);
    this.running.clear();
    for (const process of processes) process.signal('SIGKILL');
  }

  private async run(job: JobRecord, process: SimulatedProcess): Promise<JobEnd | undefined> {
    const { jobId, container } = job.detail;
    try {
      const runKey = container.environment?.find(({ name }) => name === runKeyVariable)?.value;
      if (runKey === undefined) throw holdoutError('RUNNER_SETTING', { name: runKeyVariable, value: '' });
      return await this.runner.run({ jobId, runKey, process });
    } catch (error) {
      this.log.warn({ jobId, error: messageOf(error) }, 'a simulated runner failed');
      return { kind: 'exited', code: runnerExit.error, at: Date.now() };
    }
  }

  /** Reports a job's end; for a killed job it has been reported already. */
  private end(jobId: string, end: JobEnd): void {
    const running = this.running.get(jobId);
    this.running.delete(jobId);
    running?.listener.ended(end);
  }
}
