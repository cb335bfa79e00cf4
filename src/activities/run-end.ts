import type { FollowedRun } from '../batch/follow-run.ts';
import { verdictOf } from '../campaign/evaluation/verdict.ts';
import type { FrozenCampaign, InstanceClass, Purpose } from '../campaign/model/frozen-campaign.ts';
import { costMicroUsd } from '../campaign/model/money.ts';
import type { Reason } from '../campaign/model/reasons.ts';
import { runFacts, type RunFacts, type VerdictRule } from '../campaign/model/run-facts.ts';
import { batchGraceSeconds, wallClockSeconds } from '../campaign/model/run-limits.ts';

/** How a run ended, in facts only: no text that a submission printed goes through Temporal. */
export interface RunEnd {
  /** Null when no job was made. */
  jobId: string | null;
  /** Of all jobs of the run; the worst case where neither Batch nor the runner left a time. */
  billedSeconds: number;
  costMicroUsd: number;
  /** Null when the run succeeded. */
  reason: Reason | null;
  rule: VerdictRule | 'no-outcome' | null;
  /** MiB the container had: running out of memory below the promised amount is not charged. */
  memoryLimitMiB: number | null;
  /** Absent when no job was made. */
  facts?: RunFacts;
  /** Only if the platform is at fault: what went wrong. Equal faults have equal causes. */
  cause?: string;
}

/** The facts of a run that was followed to its end. */
export function runEndOf(
  followed: FollowedRun,
  { limits, instanceClasses, sampleSet, testSet }: FrozenCampaign,
  instanceClass: InstanceClass,
  purpose: Purpose,
): RunEnd {
  const end = verdictOn(followed);
  const { outcome, job } = followed;
  const limitSeconds = wallClockSeconds(limits, instanceClass, instanceClasses);
  // An unknown time counts as the worst case, so that spending is never understated.
  const billedSeconds = followed.billedSeconds ?? limitSeconds + batchGraceSeconds;
  const itemCount = (purpose === 'probe' ? sampleSet : testSet)?.items ?? 0;
  return {
    ...end,
    billedSeconds,
    costMicroUsd: costMicroUsd(billedSeconds, instanceClass.microUsdPerHour),
    facts: runFacts({ outcome, job, rule: end.rule, limitSeconds, itemCount }),
  };
}

function verdictOn({
  jobId,
  outcome,
  fate,
  cause,
}: FollowedRun): Omit<RunEnd, 'billedSeconds' | 'costMicroUsd' | 'facts'> {
  const base = { jobId, memoryLimitMiB: outcome?.memory.limitMiB ?? null };
  const failed = (reason: Reason, rule: RunEnd['rule']) => ({
    ...base,
    reason,
    rule,
    ...(reason === 'platform-error' && { cause }),
  });
  if (outcome === undefined) return failed(fate, 'no-outcome');
  const verdict = verdictOf(outcome);
  if (verdict.kind === 'succeeded') return { ...base, reason: null, rule: null };
  return failed(verdict.rule === 'stopped-from-outside' ? fate : verdict.reason, verdict.rule);
}
