import { canaryVerdict } from '../../campaign/evaluation/canary-verdict.ts';
import type { CanaryOutcome } from '../../campaign/model/canaries/canary.ts';
import type { CanaryReport } from '../../campaign/model/canaries/canary-report.ts';
import { costMicroUsd } from '../../campaign/model/money.ts';
import { longestCanarySeconds } from '../../campaign/model/canaries/canary-limits.ts';
import { awaitRun } from '../jobs/await-run.ts';
import { classNamed, type Dependencies } from '../dependencies.ts';
import type { CanaryOrder } from './submit-canary.ts';

export type CanaryAwaitOrder = CanaryOrder & { jobId: string; giveUp: boolean };

/** Waits for the end of a canary, see {@link awaitRun}, and judges what it found. */
export async function awaitCanary(deps: Dependencies, order: CanaryAwaitOrder): Promise<CanaryReport> {
  const { class: name, n } = order;
  const instanceClass = classNamed(await deps.frozen.campaign(order.campaign), name);
  const { jobId, outcome, fate, cause, billedSeconds } = await awaitRun<CanaryOutcome>(
    deps,
    order,
    instanceClass,
    longestCanarySeconds,
  );
  // An unknown time counts as the worst case, so that spending is never understated.
  const seconds = billedSeconds ?? longestCanarySeconds;
  return {
    class: name,
    n,
    jobId,
    verdict: outcome ? canaryVerdict(outcome, instanceClass) : { kind: 'no-outcome', reason: fate, cause },
    billedSeconds: seconds,
    costMicroUsd: costMicroUsd(seconds, instanceClass.microUsdPerHour),
  };
}
