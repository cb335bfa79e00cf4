import { setTimeout as delay } from 'node:timers/promises';
import type { JobDetail } from '@aws-sdk/client-batch';
import { Context } from '@temporalio/activity';
import { endedByHoldout } from '../../batch/job-fate.ts';
import { giveUpWithoutBatch } from '../../batch/give-up-without-batch.ts';
import {
  followRun,
  type AnyOutcome,
  type FollowedRun,
  type FollowOrder,
  type FollowSignals,
  type FollowStep,
} from '../../batch/follow-run.ts';
import { refusalText } from '../../batch/refused-call.ts';
import { runnableSince } from '../../batch/runnable-job.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import { runKeyOf } from '../../ids.ts';
import { BatchOutage } from './batch-outage.ts';
import type { Dependencies } from '../dependencies.ts';
import { PlacementReport, type Wait } from './placement-report.ts';
import { GiveUpReport } from './give-up-report.ts';
import { heartbeatWhile } from '../with-heartbeat.ts';

/** A run whose job was submitted. */
export interface RunToAwait {
  campaign: string;
  submission: string;
  n: number;
  jobId: string;
  /** The run was cancelled before this activity began: give it up and return its cost. */
  giveUp: boolean;
}

/** An outage, and that a given-up run waits in vain, is noticed within this many ms. The SDK sends fewer heartbeats. */
const longestBeat = 2_000;

/**
 * Waits for the end of a run, with heartbeats `{jobId, status, lastPolledAt}`. When the worker shuts down, the job
 * continues and the next attempt finds it again. A cancellation gives up the run, terminates its job and still returns
 * its cost. If Batch cannot be reached then, a job that has begun the run is left behind, and this process
 * goes on trying to end it. If S3 cannot be reached, the job is ended too, and the run once S3 responds. `longestSeconds`: after
 * these Batch itself has ended any job of the run.
 */
export async function awaitRun<Outcome extends AnyOutcome = RunOutcome>(
  deps: Dependencies,
  order: RunToAwait,
  { queue, runnableLimitSeconds }: InstanceClass,
  longestSeconds: number,
): Promise<FollowedRun<Outcome>> {
  const context = Context.current();
  const runKey = runKeyOf(order.campaign, order.submission, order.n);
  const seen: SeenJob = { jobId: order.jobId, status: 'SUBMITTED', ...waitBefore(context, order.jobId) };
  const signals = signalsOf(context, order.giveUp, seen);
  const { awaitHeartbeatTimeout } = deps.settings.timings;
  const outage = new BatchOutage(deps, order, signals.giveUp, awaitHeartbeatTimeout);
  const placement = new PlacementReport(deps, order);
  const beat = (): void => {
    const { words: _, ...details } = seen;
    context.heartbeat({ ...details, lastPolledAt: deps.poller.lastPolledAt });
    outage.check();
    placement.check(seen, outage.isReported);
  };
  const awaited = {
    run: { runKey, jobId: order.jobId, queue, runnableLimitSeconds },
    seen,
    signals,
    outage,
    report: new GiveUpReport(deps, order),
    longestRun: longestSeconds * 1000,
  };
  const every = Math.min(awaitHeartbeatTimeout / 4, longestBeat);
  return heartbeatWhile(every, () => follow<Outcome>(deps, awaited), beat);
}

/** The newest state of the run's job. */
interface SeenJob extends Wait {
  jobId: string;
  status: string;
}

/** Since when (ms) the attempt before saw the same job RUNNABLE, from its last heartbeat. */
function waitBefore({ info }: Context, jobId: string): Wait {
  const before = info.heartbeatDetails as Partial<SeenJob> | undefined;
  return before?.jobId === jobId && before.runnableSince !== undefined ? { runnableSince: before.runnableSince } : {};
}

interface AwaitedRun {
  run: FollowOrder;
  seen: SeenJob;
  signals: FollowSignals;
  outage: BatchOutage;
  report: GiveUpReport;
  /** Milliseconds after which Batch itself has ended any job of the run. */
  longestRun: number;
}

async function follow<Outcome extends AnyOutcome>(
  deps: Dependencies,
  awaited: AwaitedRun,
): Promise<FollowedRun<Outcome>> {
  const { run, seen, signals, outage, report, longestRun } = awaited;
  const { runKey } = run;
  const context = Context.current();
  // The last one: a later attempt may be interrupted before Batch refuses it again.
  let refusal: string | undefined;
  let isEnding = false;
  const endJob = (): void => {
    if (!isEnding) void deps.ender.insist(seen.jobId, endedByHoldout.cancelled, longestRun);
    isEnding = true;
  };
  for (;;) {
    try {
      const ended = await attempt<Outcome>(deps, awaited);
      await report.over();
      return ended;
    } catch (error) {
      const { waited, service } = outage;
      if (waited === undefined || signals.leave.aborted) throw error;
      if (service === 'Batch') refusal = refusalText(error) ?? refusal;
      const unreachable = { runKey, jobId: seen.jobId, waited, longestRun, refusal };
      const followed = await giveUpWithoutBatch<Outcome>(deps.runs, unreachable).catch(() => undefined);
      if (followed) {
        // Also a job that can no longer begin the run: it would start a machine in vain.
        await report.over();
        if (!followed.outcome) endJob();
        return followed;
      }
      // The run ends once S3 responds, but its job need not run until then.
      if (service === 'S3') endJob();
      // The server does not retry an activity after its cancellation was requested.
      context.log.warn('an error while giving up a run; still trying', { runKey, service, error });
      await report.failed(error, service, outage.isReported);
      await delay(Math.min(deps.settings.timings.poll, longestBeat));
    }
  }
}

/** Follows the run until its end, or until it is given up and S3 or Batch does not respond. */
async function attempt<Outcome extends AnyOutcome>(
  deps: Dependencies,
  { run, seen, signals, outage }: AwaitedRun,
): Promise<FollowedRun<Outcome>> {
  const interrupt = outage.signal();
  const leave = AbortSignal.any([signals.leave, interrupt]);
  const onOrdered = (): void => void (outage.isOrdered = true);
  const onStep = (step: FollowStep): void => void (interrupt.aborted || outage.enter(step));
  const order = { ...run, runnableSince: seen.runnableSince };
  // A call without a response goes on for a while, and may still end the job.
  const following = followRun<Outcome>(deps, order, { ...signals, leave, onOrdered, onStep });
  return Promise.race([following, abortOf(interrupt)]);
}

/** Rejects with the reason of an abort. */
const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

/** The signals of an activity's context; `seen` is kept up to date. */
function signalsOf(context: Context, givenUp: boolean, seen: SeenJob): FollowSignals {
  const giveUp = new AbortController();
  const leave = new AbortController();
  if (givenUp) giveUp.abort();
  context.cancelled.catch((failure: unknown) => {
    (context.cancellationDetails?.cancelRequested ? giveUp : leave).abort(failure);
  });
  const onPoll = (job: JobDetail): void => {
    seen.jobId = job.jobId ?? seen.jobId;
    seen.status = job.status ?? seen.status;
    seen.runnableSince = runnableSince(job, seen.runnableSince, Date.now());
    seen.words = job.statusReason;
  };
  return { giveUp: giveUp.signal, leave: leave.signal, onPoll };
}
