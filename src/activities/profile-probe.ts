import { profileOf, type ResourceProfile } from '../campaign/evaluation/resource-profile.ts';
import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { recordBase } from '../images/base/base-records.ts';
import { runKeyOf } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';
import { runObjects } from '../object-keys.ts';

/**
 * Turns the outcome of a probe into a resource profile and records whether it saturated the GPU for the image's base. Returns
 * null if the probe has no usable outcome.
 */
export async function profileProbe(
  deps: Dependencies,
  input: { campaign: string; submission: string; n: number; class: string; base: string | null },
): Promise<ResourceProfile | null> {
  const { campaign, submission, base } = input;
  const frozen = await deps.frozen.campaign(campaign);
  const key = runObjects.outcome(runKeyOf(campaign, submission, input.n));
  const outcome = await deps.store.findJson<RunOutcome>(deps.buckets.runs, key);
  const { sampleSet } = frozen;
  const profile = outcome && sampleSet && profileOf(outcome, sampleSet.items, classNamed(frozen, input.class));
  if (profile === undefined) return null;
  if (base !== null) {
    const { saturating } = profile;
    await recordBase(deps.results, { campaign, base, submission, saturating });
  }
  return profile;
}
