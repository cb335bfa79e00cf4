import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { runObjects } from '../ids.ts';
import { abandon, type RunsBucket } from './claim.ts';
import type { FollowedRun } from './follow-run.ts';

export interface OutOfReach {
  runKey: string;
  jobId: string;
  /** How long Batch could not be asked to end the run, in ms. */
  waited: number;
  /** How long Batch is waited for in any case, in ms. */
  patience: number;
  /** Batch itself ends a job that runs so long, in ms. */
  longestRun: number;
}

/**
 * The end of a run that was given up while Batch cannot be reached: it has an outcome, or no job can begin it any more, or
 * the job that began it must be over. Undefined while it may still go on.
 */
export async function endWithoutBatch(runs: RunsBucket, run: OutOfReach): Promise<FollowedRun | undefined> {
  const { runKey, jobId, waited } = run;
  const ended = { jobId, fate: 'cancelled', cause: 'Batch could not be asked' } as const;
  if (waited < run.patience) return undefined;
  const outcome = await runs.store.findJson<RunOutcome>(runs.bucket, runObjects.outcome(runKey));
  if (outcome) return { ...ended, outcome, billedSeconds: Math.ceil(outcome.seconds) };
  const isBegun = (await abandon(runs, runKey)).kind === 'job';
  if (isBegun && waited < run.longestRun) return undefined;
  return { ...ended, billedSeconds: isBegun ? null : 0 };
}
