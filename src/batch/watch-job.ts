import type { BatchClient, JobDetail } from '@aws-sdk/client-batch';
import { hasEnded } from './job-fate.ts';
import type { JobPoller } from './job-poller.ts';
import { jobsOfRun } from './run-jobs.ts';

interface WatchOrder {
  runKey: string;
  jobId: string;
  queue: string;
  /** Applies only to a job that has not claimed the run. */
  runnableLimitSeconds: number;
  claimed: boolean;
}

interface WatchSignals {
  /** The run is given up. */
  giveUp: AbortSignal;
  /** This process shuts down and leaves the job alone. */
  leave: AbortSignal;
  onPoll: (job: JobDetail) => void;
}

/** `lost`: both DescribeJobs and ListJobs respond, but neither shows the job. */
type Watched = { kind: 'ended'; job: JobDetail } | { kind: 'given-up'; why: 'cancelled' | 'unplaceable' | 'lost' };

/** Waits until a job ends or there is a reason to give up its run. An aborted `leave` rejects with its reason. */
export async function watchJob(
  { batch, poller }: { batch: BatchClient; poller: JobPoller },
  order: WatchOrder,
  signals: WatchSignals,
): Promise<Watched> {
  const tooLong = new AbortController();
  const onPoll = (job: JobDetail): void => {
    signals.onPoll(job);
    if (!order.claimed && isTooLongRunnable(job, order.runnableLimitSeconds)) tooLong.abort();
  };
  const stop = AbortSignal.any([signals.leave, signals.giveUp, tooLong.signal]);
  try {
    for (;;) {
      const job = await poller.finished(order.jobId, onPoll, stop);
      if (job !== undefined) return { kind: 'ended', job };
      if (!(await isListed(batch, order))) return { kind: 'given-up', why: 'lost' };
    }
  } catch (error) {
    if (signals.leave.aborted || !stop.aborted) throw error;
    return { kind: 'given-up', why: signals.giveUp.aborted ? 'cancelled' : 'unplaceable' };
  }
}

function isTooLongRunnable({ status, createdAt }: JobDetail, limitSeconds: number): boolean {
  return status === 'RUNNABLE' && createdAt !== undefined && Date.now() - createdAt > limitSeconds * 1000;
}

/** A second check before a run is given up as lost, which would waste a job that is still running. */
async function isListed(batch: BatchClient, { queue, runKey, jobId }: WatchOrder): Promise<boolean> {
  const jobs = await jobsOfRun(batch, queue, runKey);
  return jobs.some((job) => job.jobId === jobId && !hasEnded(job));
}
