import { ClientException, type BatchClient, type JobDetail } from '@aws-sdk/client-batch';
import { hasEnded } from './job-fate.ts';
import type { JobPoller } from './job-poller.ts';
import { jobsOfRun } from './job-lists/run-jobs.ts';
import { placementFailure, runnableSince } from './runnable-job.ts';

interface WatchOrder {
  runKey: string;
  jobId: string;
  queue: string;
  /** Applies only to a job that has not claimed the run. */
  runnableLimitSeconds: number;
  /** The instant (ms) since which an earlier watch saw the job RUNNABLE. */
  runnableSince?: number | undefined;
  claimed: boolean;
}

interface WatchSignals {
  /** The run is given up. */
  giveUp: AbortSignal;
  /** This process shuts down and leaves the job alone. */
  leave: AbortSignal;
  onPoll: (job: JobDetail) => void;
}

/** `lost`: both DescribeJobs and ListJobs respond, but neither shows the job. `words`: Batch's last reason for the wait. */
export interface GivenUpJob {
  kind: 'given-up';
  why: 'cancelled' | 'unplaceable' | 'misconfigured' | 'lost';
  words?: string;
}
type Watched = { kind: 'ended'; job: JobDetail } | GivenUpJob;

/** Waits until a job ends or there is a reason to give up its run. An aborted `leave` rejects with its reason. */
export async function watchJob(
  { batch, poller }: { batch: BatchClient; poller: JobPoller },
  order: WatchOrder,
  signals: WatchSignals,
): Promise<Watched> {
  const unplaced = new AbortController();
  let since = order.runnableSince;
  let failure: GivenUpJob = { kind: 'given-up', why: 'cancelled' };
  const onPoll = (job: JobDetail): void => {
    signals.onPoll(job);
    const now = Date.now();
    since = runnableSince(job, since, now);
    if (order.claimed || since === undefined) return;
    const why = placementFailure(job, since, order.runnableLimitSeconds, now);
    if (why === undefined) return;
    failure = { kind: 'given-up', why, ...(job.statusReason && { words: job.statusReason }) };
    unplaced.abort();
  };
  const stop = AbortSignal.any([signals.leave, signals.giveUp, unplaced.signal]);
  try {
    for (;;) {
      const job = await poller.finished(order.jobId, onPoll, stop);
      if (job !== undefined) return { kind: 'ended', job };
      if (!(await isListed(batch, order))) return { kind: 'given-up', why: 'lost' };
    }
  } catch (error) {
    if (signals.leave.aborted || !stop.aborted) throw error;
    return signals.giveUp.aborted ? { kind: 'given-up', why: 'cancelled' } : failure;
  }
}

/**
 * A second check before a run is given up as lost, which would waste a job that is still running. A queue that was removed has
 * no jobs.
 */
async function isListed(batch: BatchClient, { queue, runKey, jobId }: WatchOrder): Promise<boolean> {
  const jobs = await jobsOfRun(batch, queue, runKey).catch((error: unknown) => {
    if (error instanceof ClientException) return [];
    throw error;
  });
  return jobs.some((job) => job.jobId === jobId && !hasEnded(job));
}
