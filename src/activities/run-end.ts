import type { FollowedRun } from '../batch/follow-run.ts';
import type { RunResult } from '../campaign/evaluation/evaluation-state-machine.ts';
import { verdictOf } from '../campaign/evaluation/verdict.ts';
import type { FrozenCampaign, InstanceClass, Purpose } from '../campaign/model/frozen-campaign.ts';
import { costMicroUsd } from '../campaign/model/money.ts';
import { runFacts, type RunFacts } from '../campaign/model/run-facts.ts';
import { longestRunSeconds, wallClockSeconds } from '../campaign/model/run-limits.ts';

/** How a run ended, in facts only: no text that a submission printed goes through Temporal. */
export interface RunEnd extends Omit<RunResult, 'profile'> {
  /** Null if no job was created. */
  jobId: string | null;
  /** Of all jobs of the run; the worst case if neither Batch nor the runner recorded a time. */
  billedSeconds: number;
  costMicroUsd: number;
  /** Absent if no job was created. */
  facts?: RunFacts;
}

/** The facts of a run that was followed to its end. */
export function runEndOf(
  followed: FollowedRun,
  { limits, instanceClasses, sampleSet, testSet }: FrozenCampaign,
  instanceClass: InstanceClass,
  purpose: Purpose,
): RunEnd {
  const { jobId, outcome, job, fate, cause } = followed;
  const verdict = outcome ? verdictOf(outcome) : ({ reason: fate, rule: 'no-outcome' } as const);
  const { rule } = verdict;
  const reason = rule === 'stopped-from-outside' ? fate : verdict.reason;
  const limitSeconds = wallClockSeconds(limits, instanceClass, instanceClasses);
  // An unknown time counts as the worst case, so that spending is never understated.
  const billedSeconds = followed.billedSeconds ?? longestRunSeconds(limits, instanceClass, instanceClasses);
  const itemCount = (purpose === 'probe' ? sampleSet : testSet)?.items ?? 0;
  return {
    jobId,
    reason,
    rule,
    memoryLimitMiB: outcome?.memory.limitMiB ?? null,
    billedSeconds,
    costMicroUsd: costMicroUsd(billedSeconds, instanceClass.microUsdPerHour),
    facts: runFacts({ outcome, job, rule, limitSeconds, itemCount }),
    ...((reason === 'platform-error' || followed.leftBehind) && { cause }),
  };
}
