import type { BatchClient, JobDetail } from '@aws-sdk/client-batch';
import { hasEnded } from './job-fate.ts';
import { jobNameOf } from './job-name.ts';
import type { JobPoller } from './job-poller.ts';
import { jobsByName } from './jobs-by-name.ts';

export interface WatchOrder {
  runKey: string;
  jobId: string;
  queue: string;
  /** Holds only for a job that has not claimed the run. */
  runnableLimitSeconds: number;
  claimed: boolean;
}

export interface WatchSignals {
  giveUp: AbortSignal;
  leave: AbortSignal;
  onPoll: (job: JobDetail) => void;
}

/** `lost`: neither DescribeJobs nor ListJobs shows the job, though both answer. */
export type Watched =
  { kind: 'ended'; job: JobDetail } | { kind: 'given-up'; why: 'cancelled' | 'unplaceable' | 'lost' };

/** Waits until a job has ended or there is a cause to give its run up. An aborted `leave` rejects with its reason. */
export async function watchJob(
  rooms: { batch: BatchClient; poller: JobPoller },
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
      const job = await rooms.poller.finished(order.jobId, onPoll, stop);
      if (job !== undefined) return { kind: 'ended', job };
      if (!(await isListed(rooms.batch, order))) return { kind: 'given-up', why: 'lost' };
    }
  } catch (error) {
    if (signals.leave.aborted || !stop.aborted) throw error;
    return { kind: 'given-up', why: signals.giveUp.aborted ? 'cancelled' : 'unplaceable' };
  }
}

function isTooLongRunnable({ status, createdAt }: JobDetail, limitSeconds: number): boolean {
  return status === 'RUNNABLE' && createdAt !== undefined && Date.now() - createdAt > limitSeconds * 1000;
}

/** A second opinion: giving up a job that runs unseen would throw hours away. */
async function isListed(batch: BatchClient, { queue, runKey, jobId }: WatchOrder): Promise<boolean> {
  const jobs = await jobsByName(batch, queue, jobNameOf(runKey));
  return jobs.some((job) => job.jobId === jobId && !hasEnded(job));
}
