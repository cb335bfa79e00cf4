import type { FrozenCampaign, Purpose } from '../../campaign/model/frozen-campaign.ts';
import { containerLimits } from '../../campaign/model/run-limits.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { holderOf } from '../../batch/claim.ts';
import { numberInKey, parseRunKey, runKeyOf } from '../../ids.ts';
import { runObjects } from '../../object-keys.ts';
import { classNamed, type Dependencies } from '../dependencies.ts';

/** A run of a round whose workflow does not remember it; as {@link import('../submit-batch-job.ts').RunOrder}. */
export interface SubmittedRun {
  n: number;
  purpose: Purpose;
  class: string;
  moreSharedMemory: boolean;
  image: { reference: string; digest: string };
  /** It was given up: no job can begin it any more. */
  abandoned?: true;
}

/** What the runs bucket has of a round: its runs in order, and the highest number that any of its runs got. */
export interface RunsInBucket {
  runs: SubmittedRun[];
  highest: number;
}

/** Finds the runs above `runsBefore`. A run that was given up before it was submitted has a number, but no spec and no cost. */
export async function submittedRuns(
  deps: Pick<Dependencies, 'runs' | 'frozen'>,
  { campaign, submission, runsBefore }: { campaign: string; submission: string; runsBefore: number },
): Promise<RunsInBucket> {
  const frozen = await deps.frozen.campaign(campaign);
  const numbers = (await numbersIn(deps.runs, campaign, submission)).filter((n) => n > runsBefore);
  const runs: SubmittedRun[] = [];
  for (const n of numbers) {
    const run = await submittedRun(deps.runs, frozen, runKeyOf(campaign, submission, n));
    if (run) runs.push(run);
  }
  return { runs, highest: numbers.at(-1) ?? runsBefore };
}

/** The numbers of the submission's runs that have any object, lowest first. */
async function numbersIn({ store, bucket }: Dependencies['runs'], campaign: string, submission: string) {
  const folder = `${campaign}/${submission}/`;
  const numbers = new Set<number>();
  for await (const key of store.list(bucket, folder)) {
    const n = numberInKey(key.slice(folder.length).split('/')[0]);
    if (n !== undefined) numbers.add(n);
  }
  return [...numbers].toSorted((a, b) => a - b);
}

async function submittedRun(
  bucket: Dependencies['runs'],
  frozen: FrozenCampaign,
  runKey: string,
): Promise<SubmittedRun | undefined> {
  const spec = await bucket.store.findJson<RunSpec>(bucket.bucket, runObjects.spec(runKey));
  if (spec === undefined) return undefined;
  const { purpose, image, limits } = spec;
  const usual = containerLimits(
    frozen.limits,
    classNamed(frozen, spec.instanceClass.name),
    frozen.instanceClasses,
    false,
  );
  const holder = await holderOf(bucket, runKey);
  return {
    n: parseRunKey(runKey).n,
    purpose,
    class: spec.instanceClass.name,
    moreSharedMemory: limits.sharedMemoryMiB !== usual.sharedMemoryMiB,
    image,
    ...(holder.kind === 'abandoned' && { abandoned: true }),
  };
}
