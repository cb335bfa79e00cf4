import { profileOf, type ResourceProfile } from '../campaign/resource-profile.ts';
import type { RunOutcome } from '../campaign/run-outcome.ts';
import { runKeyOf, runObjects } from '../ids.ts';
import { classNamed, type Dependencies } from './dependencies.ts';

/** Turns the outcome of a probe run into a resource profile; null when the probe taught nothing. */
export async function probeGpuMemory(
  deps: Dependencies,
  input: { campaign: string; submission: string; n: number; class: string; items: number },
): Promise<ResourceProfile | null> {
  const frozen = await deps.frozen.campaign(input.campaign);
  const key = runObjects.outcome(runKeyOf(input.campaign, input.submission, input.n));
  const outcome = await deps.store.findJson<RunOutcome>(deps.buckets.runs, key);
  return (outcome && profileOf(outcome, input.items, classNamed(frozen, input.class))) ?? null;
}
