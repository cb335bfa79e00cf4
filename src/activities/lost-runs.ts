import { Context } from '@temporalio/activity';
import { giveUpRun } from '../batch/give-up-run.ts';
import type { RunRecord, HeldGrant } from '../campaign/model/messages.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import { runKeyOf, runObjects } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';
import { highestOf } from './open-submission.ts';
import { runsInHistory, type ToldRun } from './run-history.ts';
import { type RunEnd, runEndOf } from './run-end.ts';

/** A round whose workflow is gone. */
export interface LostRound {
  campaign: string;
  submission: string;
  held: HeldGrant | null;
  /** The highest run number of the rounds before. */
  runsBefore: number;
}

/**
 * All runs of a round whose workflow is gone: those it saw end as it saw them; the others, which its history, the runs
 * bucket or the campaign's grant tell of, are given up, so that no job goes on for nobody, at what they have cost.
 */
export async function lostRuns(deps: Dependencies, round: LostRound): Promise<RunRecord[]> {
  const { campaign, submission, held, runsBefore } = round;
  const told = await runsInHistory(deps, campaign, submission);
  if (held && !told.has(held.n)) told.set(held.n, held);
  const highest = highestOf([...told.values()]);
  const runs: RunRecord[] = [];
  for (let n = runsBefore + 1; ; n += 1) {
    const run = told.get(n) ?? (await runInBucket(deps, runKeyOf(campaign, submission, n), n));
    if (run) runs.push(await recordOf(deps, round, run));
    else if (n > highest) return runs;
  }
}

async function runInBucket(deps: Dependencies, runKey: string, n: number): Promise<ToldRun | undefined> {
  const spec = await deps.store.findJson<RunSpec>(deps.buckets.runs, runObjects.spec(runKey));
  return spec && { n, purpose: spec.purpose, class: spec.instanceClass.name };
}

async function recordOf(deps: Dependencies, { campaign, submission }: LostRound, run: ToldRun): Promise<RunRecord> {
  const { n, purpose, class: onClass } = run;
  if (run.end) return { n, purpose, class: onClass, ...run.end };
  const frozen = await deps.frozen.campaign(campaign);
  const on = classNamed(frozen, onClass);
  const { queue, runnableLimitSeconds } = on;
  const order = { runKey: runKeyOf(campaign, submission, n), jobId: run.jobId, queue, runnableLimitSeconds };
  const followed = await giveUpRun(deps, order, Context.current().cancellationSignal);
  const end: Pick<RunEnd, 'jobId' | 'reason' | 'billedSeconds' | 'costMicroUsd' | 'facts'> = followed
    ? runEndOf(followed, frozen, on, purpose)
    : { jobId: null, reason: 'platform-error', billedSeconds: 0, costMicroUsd: 0 };
  const { jobId, billedSeconds, costMicroUsd, facts } = end;
  // Holdout ended it because its workflow was gone; no operator asked for that.
  const reason = end.reason === 'cancelled' ? 'platform-error' : end.reason;
  return { n, purpose, class: onClass, jobId, reason, billedSeconds, costMicroUsd, ...(facts && { facts }) };
}
