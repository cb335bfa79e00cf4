import { Context } from '@temporalio/activity';
import { giveUpRun } from '../batch/give-up-run.ts';
import type { RunRecord, Grant } from '../campaign/model/messages.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import { runKeyOf } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';
import { highestOf } from './open-submission.ts';
import { runsInHistory, type HistoryRun } from './runs-in-history.ts';
import { runEndOf } from './run-end.ts';
import { runObjects } from '../object-keys.ts';

/** A round whose workflow has ended without a record. */
interface LostRound {
  campaign: string;
  submission: string;
  held: Grant | null;
  /** The highest run number of the rounds before. */
  runsBefore: number;
}

/**
 * All runs of a lost round. Runs whose end is in the workflow's history are taken from there. The others, known from the
 * history, the runs bucket or the campaign's grant, are given up and recorded with their cost.
 */
export async function lostRuns(deps: Dependencies, round: LostRound): Promise<RunRecord[]> {
  const { campaign, submission, held, runsBefore } = round;
  const known = await runsInHistory(deps, campaign, submission);
  if (held && !known.has(held.n)) known.set(held.n, held);
  const highest = highestOf([...known.values()]);
  const runs: RunRecord[] = [];
  for (let n = runsBefore + 1; ; n += 1) {
    const run = known.get(n) ?? (await runInBucket(deps, runKeyOf(campaign, submission, n), n));
    if (run) runs.push(await recordOf(deps, round, run));
    else if (n > highest) return runs;
  }
}

async function runInBucket(deps: Dependencies, runKey: string, n: number): Promise<HistoryRun | undefined> {
  const spec = await deps.store.findJson<RunSpec>(deps.buckets.runs, runObjects.spec(runKey));
  return spec && { n, purpose: spec.purpose, class: spec.instanceClass.name };
}

async function recordOf(deps: Dependencies, { campaign, submission }: LostRound, run: HistoryRun): Promise<RunRecord> {
  const { n, purpose, class: className } = run;
  if (run.end) return { n, purpose, class: className, ...run.end };
  const frozen = await deps.frozen.campaign(campaign);
  const instanceClass = classNamed(frozen, className);
  const { queue, runnableLimitSeconds } = instanceClass;
  const order = { runKey: runKeyOf(campaign, submission, n), jobId: run.jobId, queue, runnableLimitSeconds };
  const followed = await giveUpRun(deps, order, Context.current().cancellationSignal);
  const lost = { n, purpose, class: className, reason: 'platform-error' } as const;
  if (followed === undefined) return { ...lost, jobId: null, billedSeconds: 0, costMicroUsd: 0 };
  const { jobId, reason, billedSeconds, costMicroUsd, facts } = runEndOf(followed, frozen, instanceClass, purpose);
  const ended = { ...lost, jobId, billedSeconds, costMicroUsd, ...(facts && { facts }) };
  // Holdout cancelled it because its workflow is gone; no operator asked for that.
  return reason === 'cancelled' ? ended : { ...ended, reason };
}
