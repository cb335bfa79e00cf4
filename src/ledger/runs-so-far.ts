import type { Purpose } from '../campaign/model/frozen-campaign.ts';
import type { Reason } from '../campaign/model/reasons.ts';
import { runFacts, type RunFacts } from '../campaign/model/run-facts.ts';
import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import type { RunSpec } from '../campaign/model/run-spec.ts';
import { verdictOf } from '../campaign/evaluation/verdict.ts';
import { runKeyOf } from '../ids.ts';
import type { Bucket } from '../s3/object-store.ts';
import { runObjects } from '../object-keys.ts';

/** A run without a ledger record, as the runs bucket shows it. */
export interface RunSoFar {
  n: number;
  purpose: Purpose;
  class: string;
  /** Whether it has an outcome; Batch and the record follow later. */
  ended: boolean;
  /** Also null while only Batch knows why it was stopped from outside. */
  reason: Reason | null;
  facts?: RunFacts;
}

/** The runs of a submission from number `first` on, oldest first. */
export async function runsSoFar(
  { store, bucket }: Bucket,
  { campaign, submission, first }: { campaign: string; submission: string; first: number },
): Promise<RunSoFar[]> {
  const runs: RunSoFar[] = [];
  for (let n = first; ; n += 1) {
    const runKey = runKeyOf(campaign, submission, n);
    const spec = await store.findJson<RunSpec>(bucket, runObjects.spec(runKey));
    if (spec === undefined) return runs;
    const outcome = await store.findJson<RunOutcome>(bucket, runObjects.outcome(runKey));
    const run = { n, purpose: spec.purpose, class: spec.instanceClass.name };
    runs.push(outcome ? { ...run, ended: true, ...endOf(outcome, spec) } : { ...run, ended: false, reason: null });
  }
}

function endOf(outcome: RunOutcome, { limits, inputs }: RunSpec): { reason: Reason | null; facts: RunFacts } {
  const { reason, rule } = verdictOf(outcome);
  const { wallClockSeconds: limitSeconds } = limits;
  const facts = runFacts({ outcome, job: undefined, rule, limitSeconds, itemCount: inputs.items });
  return { reason: rule === 'stopped-from-outside' ? null : reason, facts };
}
