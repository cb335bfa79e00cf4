import type { BatchClient, JobDetail } from '@aws-sdk/client-batch';
import type { CanaryOutcome } from '../campaign/model/canaries/canary.ts';
import { billedSeconds } from '../campaign/model/money.ts';
import type { Reason } from '../campaign/model/reasons.ts';
import type { ObservedJob } from '../campaign/model/run-facts.ts';
import type { RunOutcome, RunnerError } from '../campaign/model/run-outcome.ts';
import { billedFor, billedForDuplicates } from './billed-seconds.ts';
import { abandon, holderOf, type ClaimHolder } from './claim.ts';
import type { JobEnder } from './job-ender.ts';
import { endedByHoldout, fateOf, jobFacts } from './job-fate.ts';
import type { JobPoller } from './job-poller.ts';
import { runCause } from './run-cause.ts';
import { watchJob, type GivenUpJob } from './watch-job.ts';
import type { Bucket } from '../s3/object-store.ts';
import { runObjects } from '../object-keys.ts';

export interface FollowDependencies {
  runs: Bucket;
  batch: BatchClient;
  poller: JobPoller;
  ender: JobEnder;
}

export interface FollowOrder {
  runKey: string;
  jobId: string;
  queue: string;
  runnableLimitSeconds: number;
  /** The instant (ms) since which the job was seen RUNNABLE before. */
  runnableSince?: number | undefined;
}

/** `order`: Batch is asked to end the job. */
export type FollowStep = 'S3' | 'Batch' | 'order';

export interface FollowSignals {
  /** The run is given up: its job is terminated and waited for. */
  giveUp: AbortSignal;
  /** This process shuts down and leaves the job alone. */
  leave: AbortSignal;
  onPoll: (job: JobDetail) => void;
  /** What the next calls wait for. */
  onStep?: (step: FollowStep) => void;
  /** Batch has taken the order to end the job. */
  onOrdered?: () => void;
}

/** What a job leaves in outcome.json: a submission's run, or a canary. */
export type AnyOutcome = RunOutcome | CanaryOutcome;

/** The end of a run: its outcome, or why there is none. */
export interface FollowedRun<Outcome extends AnyOutcome = RunOutcome> {
  /** The job that held the run, or the last that might have held it. */
  jobId: string;
  outcome?: Outcome;
  /** Why there is no outcome: Batch's view of that job, or why the run was given up before any job held it. */
  fate: Reason;
  /** Of all jobs of the run, duplicates included. Null when the job that held it left neither times nor an outcome. */
  billedSeconds: number | null;
  /** Absent when Batch does not know that job. */
  job?: ObservedJob;
  /** What went wrong, if the platform is at fault. */
  cause: string;
  /** The job could not be ended and may still be running. */
  leftBehind?: true;
}

/** The reason of a run that is given up before any job has claimed it. */
const reasonOf = {
  cancelled: 'cancelled',
  unplaceable: 'unplaceable',
  misconfigured: 'platform-error',
  lost: 'platform-error',
} as const;

/**
 * Waits for the end of a run, whichever of its jobs holds the claim. To give up a run (cancelled, RUNNABLE for too long or for
 * ever, its job unknown to Batch), it first claims the run, so that no job can begin it, then terminates the job and waits
 * for its end. May be called again at any time, also by another process.
 */
export async function followRun<Outcome extends AnyOutcome = RunOutcome>(
  deps: FollowDependencies,
  order: FollowOrder,
  signals: FollowSignals,
): Promise<FollowedRun<Outcome>> {
  signals.onStep?.('S3');
  let holder = await holderOf(deps.runs, order.runKey);
  let jobId = holder.kind === 'job' ? holder.jobId : order.jobId;
  for (;;) {
    signals.onStep?.('Batch');
    const watched = await watchJob(deps, { ...order, jobId, claimed: holder.kind === 'job' }, signals);
    // This job has ended or is given up; a duplicate must not run in its place.
    signals.onStep?.('S3');
    holder = await abandon(deps.runs, order.runKey);
    if (holder.kind === 'job' && holder.jobId !== jobId) {
      jobId = holder.jobId;
    } else if (watched.kind === 'ended') {
      return endOf(deps, order, { jobId, holder, job: watched.job, fate: fateOf(watched.job) }, signals);
    } else if (!isUnplaced(watched) || holder.kind === 'abandoned') {
      signals.onStep?.('order');
      await deps.ender.end(jobId, orderOf(watched));
      signals.onOrdered?.();
      deps.poller.hurry();
      const job = await deps.poller.finished(jobId, signals.onPoll, signals.leave);
      const fate = holder.kind === 'abandoned' ? reasonOf[watched.why] : fateOf(job);
      return endOf(deps, order, { jobId, holder, job, fate }, signals);
    }
    // No longer unplaceable: the job has claimed the run in the meantime.
  }
}

const isUnplaced = ({ why }: GivenUpJob): boolean => why === 'unplaceable' || why === 'misconfigured';

/** The reason that TerminateJob gets. It replaces Batch's own, which is therefore part of it. */
const orderOf = ({ why, words }: GivenUpJob): string =>
  [endedByHoldout[why], ...(words === undefined ? [] : [words])].join(': ');

interface EndedJob {
  jobId: string;
  holder: ClaimHolder;
  /** Undefined when Batch no longer knows it. */
  job: JobDetail | undefined;
  fate: Reason;
}

async function endOf<Outcome extends AnyOutcome>(
  deps: FollowDependencies,
  { runKey, queue }: FollowOrder,
  { jobId, holder, job, fate }: EndedJob,
  { leave, onStep }: FollowSignals,
): Promise<FollowedRun<Outcome>> {
  onStep?.('S3');
  const { store, bucket } = deps.runs;
  const outcome = await store.findJson<Outcome>(bucket, runObjects.outcome(runKey));
  const runnerError =
    outcome === undefined ? await store.findJson<RunnerError>(bucket, runObjects.trouble(runKey)) : undefined;
  onStep?.('Batch');
  const duplicates = await billedForDuplicates(deps, { runKey, queue, jobId }, leave);
  const own = job === undefined ? secondsWithoutJob(holder, outcome) : billedFor(job);
  return {
    jobId,
    fate,
    billedSeconds: own === null ? null : own + duplicates,
    cause: runCause({ runKey, outcome, runnerError, job }),
    ...(outcome && { outcome }),
    ...(job && { job: jobFacts(job) }),
  };
}

function secondsWithoutJob(holder: ClaimHolder, outcome: AnyOutcome | undefined): number | null {
  if (outcome !== undefined) return outcomeSeconds(outcome);
  return holder.kind === 'abandoned' ? 0 : null;
}

/** Whole seconds between start and stop on the runner's clock. */
export const outcomeSeconds = (outcome: AnyOutcome): number =>
  'seconds' in outcome
    ? Math.ceil(outcome.seconds)
    : billedSeconds([{ startedAt: Date.parse(outcome.startedAt), stoppedAt: Date.parse(outcome.stoppedAt) }]);
