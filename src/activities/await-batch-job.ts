import { setTimeout as delay } from 'node:timers/promises';
import type { JobDetail } from '@aws-sdk/client-batch';
import { Context } from '@temporalio/activity';
import { endWithoutBatch } from '../batch/end-without-batch.ts';
import { followRun, type FollowedRun, type FollowSignals } from '../batch/follow-run.ts';
import type { FrozenCampaign, InstanceClass, Purpose } from '../campaign/model/frozen-campaign.ts';
import { costMicroUsd } from '../campaign/model/money.ts';
import type { Reason } from '../campaign/model/reasons.ts';
import { runFacts, type RunFacts, type VerdictRule } from '../campaign/model/run-facts.ts';
import { batchGraceSeconds, wallClockSeconds } from '../campaign/model/run-limits.ts';
import { verdictOf } from '../campaign/evaluation/verdict.ts';
import { runKeyOf } from '../ids.ts';
import { BatchOutage } from './batch-outage.ts';
import { classNamed, type Dependencies } from './dependencies.ts';

export interface AwaitOrder {
  campaign: string;
  submission: string;
  n: number;
  purpose: Purpose;
  class: string;
  jobId: string;
  /** The submission was cancelled before this began: end the run and answer its cost. */
  giveUp: boolean;
}

/** The end of a run in small facts: no text that a submission printed goes through Temporal. */
export interface RunEnd {
  /** Null when no job was made. */
  jobId: string | null;
  /** Of all jobs made for the run; the worst case where neither Batch nor the runner left a time. */
  billedSeconds: number;
  costMicroUsd: number;
  /** Null when the run ended well. */
  reason: Reason | null;
  rule: VerdictRule | 'no-outcome' | null;
  /** MiB the container was given: an out-of-memory below the promise is not charged. */
  memoryLimitMiB: number | null;
  /** Absent when no job was made. */
  facts?: RunFacts;
  /** Of a platform's fault: what it was, equal for equal faults. */
  cause?: string;
}

/**
 * Waits for a run's end with heartbeats `{jobId, status, lastPolledAt}`. A worker that shuts down leaves the job running
 * and the next attempt finds it again; a cancellation gives the run up, ends the job and still answers what it cost. That
 * ends also where Batch cannot be reached: once no job can run it any more.
 */
export async function awaitBatchJob(deps: Dependencies, order: AwaitOrder): Promise<RunEnd> {
  const context = Context.current();
  const frozen = await deps.frozen.campaign(order.campaign);
  const on = classNamed(frozen, order.class);
  const follow = {
    runKey: runKeyOf(order.campaign, order.submission, order.n),
    jobId: order.jobId,
    queue: on.queue,
    runnableLimitSeconds: on.runnableLimitSeconds,
  };
  const seen = { jobId: order.jobId, status: 'SUBMITTED' };
  const { signals, isCancelled } = signalsOf(context, order.giveUp, seen);
  const { awaitHeartbeatTimeout, poll } = deps.settings.timings;
  const silence = new BatchOutage(deps, order, signals.giveUp, 2 * awaitHeartbeatTimeout);
  const beat = setInterval(() => {
    context.heartbeat({ ...seen, lastPolledAt: deps.poller.lastPolledAt });
    silence.look();
  }, awaitHeartbeatTimeout / 4);
  const longestRun = (wallClockSeconds(frozen.limits, on, frozen.instanceClasses) + batchGraceSeconds) * 1000;
  try {
    for (;;) {
      try {
        const followed = await followRun(deps, follow, {
          ...signals,
          leave: AbortSignal.any([signals.leave, silence.signal()]),
        });
        return runEndOf(followed, frozen, on, order.purpose);
      } catch (error) {
        const { waited, patience } = silence;
        if (waited === undefined || signals.leave.aborted) throw error;
        const away = { runKey: follow.runKey, jobId: seen.jobId, waited, tolerated: patience, longestRun };
        const followed = await endWithoutBatch(deps.runs, away).catch(() => undefined);
        if (followed) return runEndOf(followed, frozen, on, order.purpose);
        // The server tries an activity whose cancellation was asked for no second time.
        if (!isCancelled()) throw error;
        context.log.warn('giving a run up goes on after trouble', { runKey: follow.runKey, error });
        await delay(poll);
      }
    }
  } finally {
    clearInterval(beat);
  }
}

/** What the activity's context says, in the words of {@link followRun}; `seen` is kept up to date. */
function signalsOf(
  context: Context,
  givenUp: boolean,
  seen: { jobId: string; status: string },
): { signals: FollowSignals; isCancelled: () => boolean } {
  const giveUp = new AbortController();
  const leave = new AbortController();
  if (givenUp) giveUp.abort();
  let cancelled = false;
  context.cancelled.catch((failure: unknown) => {
    cancelled = context.cancellationDetails?.cancelRequested ?? false;
    (cancelled ? giveUp : leave).abort(failure);
  });
  const onPoll = (job: JobDetail): void => {
    seen.jobId = job.jobId ?? seen.jobId;
    seen.status = job.status ?? seen.status;
  };
  return { signals: { giveUp: giveUp.signal, leave: leave.signal, onPoll }, isCancelled: () => cancelled };
}

/** A followed run in small facts. */
export function runEndOf(followed: FollowedRun, frozen: FrozenCampaign, on: InstanceClass, purpose: Purpose): RunEnd {
  const end = endOf(followed);
  const { outcome, job } = followed;
  const { rule } = end;
  const limitSeconds = wallClockSeconds(frozen.limits, on, frozen.instanceClasses);
  const itemCount = (purpose === 'probe' ? frozen.sampleSet : frozen.testSet)?.items ?? 0;
  const facts = runFacts({ outcome, job, rule, limitSeconds, itemCount });
  return { ...end, ...costOf(followed, frozen, on), facts };
}

/** What nobody knows is booked as the worst case, so that spending is never understated. */
function costOf(
  followed: FollowedRun,
  { limits, instanceClasses }: FrozenCampaign,
  on: InstanceClass,
): Pick<RunEnd, 'billedSeconds' | 'costMicroUsd'> {
  const billedSeconds = followed.billedSeconds ?? wallClockSeconds(limits, on, instanceClasses) + batchGraceSeconds;
  return { billedSeconds, costMicroUsd: costMicroUsd(billedSeconds, on.microUsdPerHour) };
}

function endOf({ jobId, outcome, fate, cause }: FollowedRun): Omit<RunEnd, 'billedSeconds' | 'costMicroUsd' | 'facts'> {
  const none = { jobId, memoryLimitMiB: outcome?.memory.limitMiB ?? null };
  const failed = (reason: Reason, rule: RunEnd['rule']) => ({
    ...none,
    reason,
    rule,
    ...(reason === 'platform-error' && { cause }),
  });
  if (outcome === undefined) return failed(fate, 'no-outcome');
  const verdict = verdictOf(outcome);
  if (verdict.kind === 'succeeded') return { ...none, reason: null, rule: null };
  return failed(verdict.rule === 'stopped-from-outside' ? fate : verdict.reason, verdict.rule);
}
