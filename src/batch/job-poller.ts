import { DescribeJobsCommand, type BatchClient, type JobDetail } from '@aws-sdk/client-batch';
import { hasEnded } from './job-fate.ts';

/** The most ids that DescribeJobs accepts. */
export const idsPerCall = 100;

/** A job counts as vanished after this many successful polls in a row that do not show it. Failed polls do not count. */
const pollsUntilVanished = 5;

/** Batch needs a moment to show the end of a job that waited, in ms. */
const hurryMs = 1_000;

interface Watch {
  missed: number;
  onPoll: (job: JobDetail) => void;
  settle: (job: JobDetail | undefined) => void;
}

/**
 * Polls Batch for all jobs of this process together, 100 ids per call: a thousand waiting activities cost ten calls per
 * poll. There is one poller per process.
 */
export class JobPoller {
  private readonly watches = new Map<string, Set<Watch>>();
  private timer: NodeJS.Timeout | undefined;
  private isSweeping = false;
  private stopped = false;
  /** ISO instant of the last successful poll. */
  lastPolledAt: string | null = null;
  /** The polls that failed since the last successful one: the last cause, their number, and the instant (ms) of the first. */
  outage: { cause: unknown; tries: number; since: number } | null = null;

  constructor(
    private readonly batch: BatchClient,
    private readonly intervalMs: number,
    private readonly onFailedPoll: (error: unknown) => void,
  ) {}

  /**
   * Resolves with the job once its state is final, or with undefined once Batch no longer knows it. `onPoll` receives
   * every state until then. An aborted `signal` rejects with its reason and leaves the job alone.
   */
  finished(jobId: string, onPoll: (job: JobDetail) => void, signal: AbortSignal): Promise<JobDetail | undefined> {
    return new Promise((resolve, reject) => {
      const watches = this.watches.get(jobId) ?? new Set();
      const drop = (): void => {
        signal.removeEventListener('abort', abort);
        watches.delete(watch);
        if (watches.size === 0) this.watches.delete(jobId);
      };
      const abort = (): void => {
        drop();
        reject(signal.reason as Error);
      };
      const watch: Watch = {
        missed: 0,
        onPoll,
        settle: (job) => {
          drop();
          resolve(job);
        },
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      this.watches.set(jobId, watches.add(watch));
      this.schedule(0);
    });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Polls within a second: a job was just ended, and somebody waits for that. */
  hurry(): void {
    if (this.isSweeping || this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.schedule(Math.min(hurryMs, this.intervalMs));
  }

  private schedule(ms: number): void {
    if (this.timer !== undefined || this.stopped) return;
    this.timer = setTimeout(() => {
      this.isSweeping = true;
      void this.sweep().finally(() => {
        this.isSweeping = false;
        this.timer = undefined;
        if (this.watches.size > 0) this.schedule(this.intervalMs);
      });
    }, ms);
  }

  private async sweep(): Promise<void> {
    const ids = [...this.watches.keys()];
    for (let from = 0; from < ids.length; from += idsPerCall) {
      const asked = ids.slice(from, from + idsPerCall);
      try {
        const { jobs } = await this.batch.send(new DescribeJobsCommand({ jobs: asked }));
        this.lastPolledAt = new Date().toISOString();
        this.outage = null;
        this.deliver(asked, new Map(jobs?.map((job) => [job.jobId ?? '', job])));
      } catch (error) {
        const { tries, since } = this.outage ?? { tries: 0, since: Date.now() };
        this.outage = { cause: error, tries: tries + 1, since };
        this.onFailedPoll(error);
      }
    }
  }

  private deliver(asked: string[], jobs: Map<string, JobDetail>): void {
    for (const id of asked) {
      const job = jobs.get(id);
      for (const watch of this.watches.get(id) ?? []) {
        watch.missed = job === undefined ? watch.missed + 1 : 0;
        if (job !== undefined) watch.onPoll(job);
        if (job === undefined ? watch.missed >= pollsUntilVanished : hasEnded(job)) watch.settle(job);
      }
    }
  }
}
