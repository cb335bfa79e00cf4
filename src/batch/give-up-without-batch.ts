import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { abandon } from './claim.ts';
import { outcomeSeconds, type AnyOutcome, type FollowedRun } from './follow-run.ts';
import type { Bucket } from '../s3/object-store.ts';
import { runObjects } from '../object-keys.ts';

interface UnreachableRun {
  runKey: string;
  jobId: string;
  /** For how long Batch has not ended the job that was given up, in ms. */
  waited: number;
  /** After this long Batch itself has ended the job, in ms. */
  longestRun: number;
  /** Why Batch refuses the calls; undefined if it only cannot be reached. */
  refusal: string | undefined;
}

/** What a run that is given up waits for. */
export type Service = 'S3' | 'Batch';

export const noResponse = (service: Service): string => `${service} does not respond`;

/** How long (ms) an outage or a refusal is waited out: an operator waits for the end, at most half a minute. */
export const outageTolerated = 8_000;

/**
 * The end of a run that is given up while Batch cannot be reached or refuses the calls: it has an outcome, or no job can begin it
 * any more, or the job that began it must have timed out. Any other job is left behind: nobody knows when Batch will accept calls
 * again. Undefined while there is hope.
 */
export async function giveUpWithoutBatch<Outcome extends AnyOutcome = RunOutcome>(
  runs: Bucket,
  run: UnreachableRun,
): Promise<FollowedRun<Outcome> | undefined> {
  const { runKey, jobId, waited, refusal } = run;
  const ended = { jobId, fate: 'cancelled', cause: noResponse('Batch') } as const;
  if (waited < outageTolerated) return undefined;
  const outcome = await runs.store.findJson<Outcome>(runs.bucket, runObjects.outcome(runKey));
  if (outcome) return { ...ended, outcome, billedSeconds: outcomeSeconds(outcome) };
  const isBegun = (await abandon(runs, runKey)).kind === 'job';
  if (isBegun && waited < run.longestRun) {
    const why = refusal === undefined ? noResponse('Batch') : `Batch refuses to end it: ${refusal}`;
    const cause = `job ${jobId} may still be running: ${why}`;
    return { ...ended, cause, billedSeconds: null, leftBehind: true };
  }
  return { ...ended, billedSeconds: isBegun ? null : 0 };
}
