import type { Purpose } from '../campaign/model/frozen-campaign.ts';
import { longestRunSeconds } from '../campaign/model/run-limits.ts';
import { awaitRun, type RunToAwait } from './jobs/await-run.ts';
import { classNamed, type Dependencies } from './dependencies.ts';
import { runEndOf, type RunEnd } from './run-end.ts';

export interface AwaitOrder extends RunToAwait {
  purpose: Purpose;
  class: string;
}

/** Waits for the end of a submission's run, see {@link awaitRun}. */
export async function awaitBatchJob(deps: Dependencies, order: AwaitOrder): Promise<RunEnd> {
  const frozen = await deps.frozen.campaign(order.campaign);
  const instanceClass = classNamed(frozen, order.class);
  const longest = longestRunSeconds(frozen.limits, instanceClass, frozen.instanceClasses);
  return runEndOf(await awaitRun(deps, order, instanceClass, longest), frozen, instanceClass, order.purpose);
}
