import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { abandon } from './claim.ts';
import type { FollowedRun } from './follow-run.ts';
import type { Bucket } from '../s3/object-store.ts';
import { runObjects } from '../object-keys.ts';

interface UnreachableRun {
  runKey: string;
  jobId: string;
  /** How long ago the run was given up, in ms. */
  waited: number;
  /** How long to wait for Batch first, in ms. */
  tolerated: number;
  /** After this long Batch itself has ended the job, in ms. */
  longestRun: number;
}

/**
 * The end of a run that is given up while Batch cannot be reached: it has an outcome, or no job can begin it any more, or
 * the job that began it must have timed out. Undefined while the run may still be running.
 */
export async function endWithoutBatch(runs: Bucket, run: UnreachableRun): Promise<FollowedRun | undefined> {
  const { runKey, jobId, waited } = run;
  const ended = { jobId, fate: 'cancelled', cause: 'Batch could not be asked' } as const;
  if (waited < run.tolerated) return undefined;
  const outcome = await runs.store.findJson<RunOutcome>(runs.bucket, runObjects.outcome(runKey));
  if (outcome) return { ...ended, outcome, billedSeconds: Math.ceil(outcome.seconds) };
  const isBegun = (await abandon(runs, runKey)).kind === 'job';
  if (isBegun && waited < run.longestRun) return undefined;
  return { ...ended, billedSeconds: isBegun ? null : 0 };
}
