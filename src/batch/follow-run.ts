import type { BatchClient, JobDetail } from '@aws-sdk/client-batch';
import type { Reason } from '../campaign/model/reasons.ts';
import type { ObservedJob } from '../campaign/model/run-facts.ts';
import type { RunOutcome, RunnerError } from '../campaign/model/run-outcome.ts';
import { runObjects } from '../ids.ts';
import { billedFor, billedForDuplicates } from './billed-seconds.ts';
import { abandon, holderOf, type ClaimHolder, type RunsBucket } from './claim.ts';
import { endJob } from './end-job.ts';
import { fateOf } from './job-fate.ts';
import type { JobPoller } from './job-poller.ts';
import { runCause } from './run-cause.ts';
import { jobFacts } from './job-facts.ts';
import { watchJob } from './watch-job.ts';

export interface FollowDependencies {
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

/** The end of a run: its outcome, or why there is none. */
export interface FollowedRun {
  /** The job that held the run, or the last one that might have. */
  jobId: string;
  outcome?: RunOutcome;
  /** Batch's view of that job; where the run was given up before any job held it, why. */
  fate: Reason;
  /** Over all jobs made for the run, duplicates included. Null: the job that held it left neither times nor outcome. */
  billedSeconds: number | null;
  /** What Batch shows of that job; absent when Batch does not know it. */
  job?: ObservedJob;
  /** What it was, should it be the platform's fault. */
  cause: string;
}

/** How a run that nobody claimed ends when it is given up. */
const reasonOf = { cancelled: 'cancelled', unplaceable: 'unplaceable', lost: 'platform-error' } as const;

/**
 * Waits for the end of a run, following the claim's holder wherever it is. A run that is given up (cancelled, too long
 * RUNNABLE, its job unknown to Batch) is first taken out of reach by its claim, then its job is terminated and waited
 * for. May be called again at any time, by another process too.
 */
export async function followRun(
  rooms: FollowDependencies,
  order: FollowOrder,
  signals: FollowSignals,
): Promise<FollowedRun> {
  let holder = await holderOf(rooms.runs, order.runKey);
  let jobId = holder.kind === 'job' ? holder.jobId : order.jobId;
  for (;;) {
    const watched = await watchJob(rooms, { ...order, jobId, claimed: holder.kind === 'job' }, signals);
    // From here on no job may begin: this one has ended or is given up, and a duplicate must not run in its place.
    holder = await abandon(rooms.runs, order.runKey);
    if (holder.kind === 'job' && holder.jobId !== jobId) {
      jobId = holder.jobId;
    } else if (watched.kind === 'ended') {
      return endOf(rooms, order, { jobId, holder, job: watched.job, fate: fateOf(watched.job) }, signals);
    } else if (watched.why !== 'unplaceable' || holder.kind === 'abandoned') {
      await endJob(rooms.batch, jobId, watched.why);
      const job = await rooms.poller.finished(jobId, signals.onPoll, signals.leave);
      const fate = holder.kind === 'abandoned' ? reasonOf[watched.why] : fateOf(job);
      return endOf(rooms, order, { jobId, holder, job, fate }, signals);
    }
    // Unplaceable no more: it has claimed the run in the meantime.
  }
}

interface EndedJob {
  jobId: string;
  holder: ClaimHolder;
  /** Undefined: Batch does not know it any more. */
  job: JobDetail | undefined;
  fate: Reason;
}

async function endOf(
  rooms: FollowDependencies,
  { runKey, queue }: FollowOrder,
  { jobId, holder, job, fate }: EndedJob,
  { leave }: FollowSignals,
): Promise<FollowedRun> {
  const { store, bucket } = rooms.runs;
  const outcome = await store.findJson<RunOutcome>(bucket, runObjects.outcome(runKey));
  const trouble =
    outcome === undefined ? await store.findJson<RunnerError>(bucket, runObjects.trouble(runKey)) : undefined;
  const duplicates = await billedForDuplicates(rooms, { runKey, queue, jobId }, leave);
  const own = job === undefined ? secondsWithoutJob(holder, outcome) : billedFor(job);
  return {
    jobId,
    fate,
    billedSeconds: own === null ? null : own + duplicates,
    cause: runCause({ runKey, outcome, trouble, job }),
    ...(outcome && { outcome }),
    ...(job && { job: jobFacts(job) }),
  };
}

function secondsWithoutJob(holder: ClaimHolder, outcome: RunOutcome | undefined): number | null {
  if (outcome !== undefined) return Math.ceil(outcome.seconds);
  return holder.kind === 'abandoned' ? 0 : null;
}
