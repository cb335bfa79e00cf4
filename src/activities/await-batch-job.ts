import { Context } from '@temporalio/activity';
import { followRun, type FollowedRun } from '../batch/follow-run.ts';
import { costMicroUsd } from '../campaign/money.ts';
import type { Reason } from '../campaign/reasons.ts';
import { verdictOf, type VerdictRule } from '../campaign/verdict.ts';
import { runKeyOf } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';

export interface AwaitOrder {
  campaign: string;
  submission: string;
  n: number;
  class: string;
  jobId: string;
  /** The submission was cancelled before this began: end the run and answer its cost. */
  giveUp: boolean;
}

/** The end of a run in small facts: no text that a submission printed goes through Temporal. */
export interface RunEnd {
  jobId: string;
  billedSeconds: number;
  costMicroUsd: number;
  /** Null when the run ended well. */
  reason: Reason | null;
  rule: VerdictRule | 'no-outcome' | null;
  doubtful: boolean;
  /** MiB the container was given: an out-of-memory below the promise is not charged. */
  memoryLimitMiB: number | null;
}

/**
 * Waits for a run's end with heartbeats `{jobId, status, lastPolledAt}`. A worker that shuts down leaves the job running
 * and the next attempt finds it again; a cancellation gives the run up, ends the job and still answers what it cost.
 */
export async function awaitBatchJob(deps: Dependencies, order: AwaitOrder): Promise<RunEnd> {
  const context = Context.current();
  const frozen = await deps.frozen.campaign(order.campaign);
  const on = classNamed(frozen, order.class);
  const giveUp = new AbortController();
  const leave = new AbortController();
  if (order.giveUp) giveUp.abort();
  context.cancelled.catch((failure: unknown) => {
    const { cancelRequested } = context.cancellationDetails ?? {};
    (cancelRequested ? giveUp : leave).abort(failure);
  });
  let status = 'SUBMITTED';
  const beat = setInterval(
    () => context.heartbeat({ jobId: order.jobId, status, lastPolledAt: deps.poller.lastPolledAt }),
    deps.settings.timings.awaitHeartbeatTimeout / 4,
  );
  try {
    const followed = await followRun(
      { runs: deps.runs, batch: deps.batch, poller: deps.poller },
      {
        runKey: runKeyOf(order.campaign, order.submission, order.n),
        jobId: order.jobId,
        queue: on.queue,
        runnableLimitSeconds: on.runnableLimitSeconds,
      },
      {
        giveUp: giveUp.signal,
        leave: leave.signal,
        onPoll: (job) => {
          status = job.status ?? status;
        },
      },
    );
    return { ...endOf(followed), costMicroUsd: costMicroUsd(followed.billedSeconds, on.microUsdPerHour) };
  } finally {
    clearInterval(beat);
  }
}

function endOf({ jobId, outcome, fate, billedSeconds }: FollowedRun): Omit<RunEnd, 'costMicroUsd'> {
  const none = { jobId, billedSeconds, doubtful: false, memoryLimitMiB: outcome?.memory.limitMiB ?? null };
  if (outcome === undefined) return { ...none, reason: fate, rule: 'no-outcome' };
  const verdict = verdictOf(outcome);
  if (verdict.kind === 'succeeded') return { ...none, reason: null, rule: null };
  const reason = verdict.rule === 'stopped-from-outside' ? fate : verdict.reason;
  return { ...none, reason, rule: verdict.rule, doubtful: verdict.doubtful ?? false };
}
