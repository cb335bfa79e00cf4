import { DescribeJobsCommand, TerminateJobCommand, type BatchClient, type JobDetail } from '@aws-sdk/client-batch';
import { billedSeconds } from '../campaign/money.ts';
import type { Reason } from '../campaign/reasons.ts';
import type { RunOutcome } from '../campaign/run-outcome.ts';
import { runObjects } from '../ids.ts';
import { abandon, holderOf, type RunsBucket } from './claim.ts';
import { endedByHoldout, fateOf, isFinal } from './job-fate.ts';
import { jobNameOf } from './job-name.ts';
import type { JobPoller } from './job-poller.ts';
import { jobsByName } from './jobs-by-name.ts';

export interface FollowRooms {
  runs: RunsBucket;
  batch: BatchClient;
  poller: JobPoller;
}

export interface FollowOrder {
  runKey: string;
  jobId: string;
  queue: string;
  runnableLimitSeconds: number;
}

/** Aborts of the two kinds an await can see; the poller rejects with them. */
export interface FollowSignals {
  /** Somebody gave the run up: end it and wait for its end. */
  giveUp: AbortSignal;
  /** This process goes away: leave the job alone. */
  leave: AbortSignal;
  onPoll: (job: JobDetail) => void;
}

/** The end of a run: its outcome, or why there is none. `fate` is Batch's view of the job that held it. */
export interface FollowedRun {
  jobId: string;
  outcome?: RunOutcome;
  fate: Reason;
  /** Over all jobs made for the run, duplicates included. */
  billedSeconds: number;
}

/**
 * Waits for the end of a run, following the claim's holder wherever it is. A job that stays RUNNABLE too long, and a run
 * that is given up, is first taken out of reach by its claim, then terminated, then waited for (design 5.2).
 */
export async function followRun(rooms: FollowRooms, order: FollowOrder, signals: FollowSignals): Promise<FollowedRun> {
  let jobId = order.jobId;
  for (;;) {
    const job = await finalJob(rooms, { ...order, jobId }, signals);
    const holder = await holderOf(rooms.runs, order.runKey);
    if (holder.kind === 'job' && holder.jobId !== jobId) {
      jobId = holder.jobId;
      continue;
    }
    const outcome = await rooms.runs.store.findJson<RunOutcome>(rooms.runs.bucket, runObjects.outcome(order.runKey));
    if (outcome === undefined && holder.kind === 'unclaimed') {
      const now = await abandon(rooms.runs, order.runKey);
      if (now.kind === 'job') continue;
    }
    const billed = await billedOf(rooms.batch, order, job);
    return { jobId, fate: fateOf(job), billedSeconds: billed, ...(outcome && { outcome }) };
  }
}

async function finalJob(
  rooms: FollowRooms,
  order: FollowOrder,
  signals: FollowSignals,
): Promise<JobDetail | undefined> {
  const tooLong = new AbortController();
  const onPoll = (job: JobDetail): void => {
    signals.onPoll(job);
    const waited = Date.now() - (job.createdAt ?? Date.now());
    if (job.status === 'RUNNABLE' && waited > order.runnableLimitSeconds * 1000) tooLong.abort();
  };
  const stop = AbortSignal.any([signals.leave, signals.giveUp, tooLong.signal]);
  try {
    return await rooms.poller.finished(order.jobId, onPoll, stop);
  } catch (error) {
    if (signals.leave.aborted || !stop.aborted) throw error;
  }
  const reason = signals.giveUp.aborted ? endedByHoldout.cancelled : endedByHoldout.unplaceable;
  const holder = await abandon(rooms.runs, order.runKey);
  const ended = holder.kind === 'job' ? holder.jobId : order.jobId;
  await rooms.batch.send(new TerminateJobCommand({ jobId: ended, reason }));
  return rooms.poller.finished(ended, signals.onPoll, signals.leave);
}

/** All jobs of the run's name; `job` stands in where Batch has forgotten them. */
async function billedOf(batch: BatchClient, order: FollowOrder, job: JobDetail | undefined): Promise<number> {
  const listed = await jobsByName(batch, order.queue, jobNameOf(order.runKey));
  const others = listed.flatMap((summary) => (summary.jobId && summary.jobId !== job?.jobId ? [summary.jobId] : []));
  let seconds = billedSeconds(job?.attempts ?? []);
  for (const other of await describe(batch, others)) {
    if (!isFinal(other)) {
      await batch.send(new TerminateJobCommand({ jobId: other.jobId, reason: endedByHoldout.duplicate }));
    }
    seconds += billedSeconds(other.attempts ?? []);
  }
  return seconds;
}

async function describe(batch: BatchClient, ids: string[]): Promise<JobDetail[]> {
  if (ids.length === 0) return [];
  return (await batch.send(new DescribeJobsCommand({ jobs: ids.slice(0, 100) }))).jobs ?? [];
}
