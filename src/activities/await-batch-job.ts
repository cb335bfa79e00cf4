import { setTimeout as delay } from 'node:timers/promises';
import type { JobDetail } from '@aws-sdk/client-batch';
import { Context } from '@temporalio/activity';
import { endWithoutBatch } from '../batch/end-without-batch.ts';
import { followRun, type FollowedRun, type FollowOrder, type FollowSignals } from '../batch/follow-run.ts';
import type { Purpose } from '../campaign/model/frozen-campaign.ts';
import { batchGraceSeconds, wallClockSeconds } from '../campaign/model/run-limits.ts';
import { runKeyOf } from '../ids.ts';
import { BatchOutage } from './batch-outage.ts';
import { classNamed, type Dependencies } from './dependencies.ts';
import { runEndOf, type RunEnd } from './run-end.ts';
import { heartbeatWhile } from './with-heartbeat.ts';

export interface AwaitOrder {
  campaign: string;
  submission: string;
  n: number;
  purpose: Purpose;
  class: string;
  jobId: string;
  /** The submission was cancelled before this activity began: give up the run and return its cost. */
  giveUp: boolean;
}

/**
 * Waits for the end of a run, with heartbeats `{jobId, status, lastPolledAt}`. When the worker shuts down, the job
 * continues and the next attempt finds it again. A cancellation gives up the run, terminates its job and still returns
 * its cost, even if Batch cannot be reached: then once no job can be running it any more.
 */
export async function awaitBatchJob(deps: Dependencies, order: AwaitOrder): Promise<RunEnd> {
  const context = Context.current();
  const frozen = await deps.frozen.campaign(order.campaign);
  const instanceClass = classNamed(frozen, order.class);
  const { queue, runnableLimitSeconds } = instanceClass;
  const runKey = runKeyOf(order.campaign, order.submission, order.n);
  const seen = { jobId: order.jobId, status: 'SUBMITTED' };
  const signals = signalsOf(context, order.giveUp, seen);
  const { awaitHeartbeatTimeout } = deps.settings.timings;
  const outage = new BatchOutage(deps, order, signals.giveUp, 2 * awaitHeartbeatTimeout);
  const beat = (): void => {
    context.heartbeat({ ...seen, lastPolledAt: deps.poller.lastPolledAt });
    outage.check();
  };
  const longestRun =
    (wallClockSeconds(frozen.limits, instanceClass, frozen.instanceClasses) + batchGraceSeconds) * 1000;
  const awaited = {
    run: { runKey, jobId: order.jobId, queue, runnableLimitSeconds },
    seen,
    signals,
    outage,
    longestRun,
  };
  const followed = await heartbeatWhile(awaitHeartbeatTimeout / 4, () => follow(deps, awaited), beat);
  return runEndOf(followed, frozen, instanceClass, order.purpose);
}

interface AwaitedRun {
  run: FollowOrder;
  /** The newest state of the run's job. */
  seen: { jobId: string; status: string };
  signals: FollowSignals;
  outage: BatchOutage;
  /** Milliseconds after which Batch itself has ended any job of the run. */
  longestRun: number;
}

async function follow(deps: Dependencies, awaited: AwaitedRun): Promise<FollowedRun> {
  const { run, seen, signals, outage, longestRun } = awaited;
  const { runKey } = run;
  const context = Context.current();
  for (;;) {
    try {
      const leave = AbortSignal.any([signals.leave, outage.signal()]);
      return await followRun(deps, run, { ...signals, leave });
    } catch (error) {
      const { sinceGivenUp: waited, toleratedMs: tolerated } = outage;
      if (waited === undefined || signals.leave.aborted) throw error;
      const unreachable = { runKey, jobId: seen.jobId, waited, tolerated, longestRun };
      const followed = await endWithoutBatch(deps.runs, unreachable).catch(() => undefined);
      if (followed) return followed;
      // The server does not retry an activity after its cancellation was requested.
      if (!context.cancellationDetails?.cancelRequested) throw error;
      context.log.warn('an error while giving up a run; still trying', { runKey, error });
      await delay(deps.settings.timings.poll);
    }
  }
}

/** The signals of an activity's context; `seen` is kept up to date. */
function signalsOf(context: Context, givenUp: boolean, seen: AwaitedRun['seen']): FollowSignals {
  const giveUp = new AbortController();
  const leave = new AbortController();
  if (givenUp) giveUp.abort();
  context.cancelled.catch((failure: unknown) => {
    (context.cancellationDetails?.cancelRequested ? giveUp : leave).abort(failure);
  });
  const onPoll = (job: JobDetail): void => {
    seen.jobId = job.jobId ?? seen.jobId;
    seen.status = job.status ?? seen.status;
  };
  return { giveUp: giveUp.signal, leave: leave.signal, onPoll };
}
