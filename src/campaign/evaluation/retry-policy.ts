import type { ClassRules } from './class-fit.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { probedSeconds, type Needs } from './needs.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import { wallClockSeconds } from '../model/run-limits.ts';
import type { VerdictRule } from '../model/run-facts.ts';

/** In simulated campaigns no sound submission that was cut off was expected to take less than 0.83 of its wall clock (docs/adr/0006). */
const minChanceShare = 0.5;

export interface RetryRules extends ClassRules {
  /** Of the test set. */
  testItems: number;
}

/** What the evaluation runs of a submission used up so far. */
export interface RetryCounts {
  /** Evaluation runs charged to the team. */
  attempts: number;
  /** Re-runs for the platform's reasons, probes included. */
  platformRuns: number;
  /** An end that may be chance was given its one more run. */
  doubted: boolean;
}

export const noRetries: RetryCounts = { attempts: 0, platformRuns: 0, doubted: false };

export interface FailedRun {
  reason: Reason;
  rule: VerdictRule | 'no-outcome' | null;
  instanceClass: InstanceClass;
  memoryLimitMiB: number | null;
}

/** What follows a failed evaluation: another run with what was learnt, or the submission's end. */
export type AfterFailure = { kind: 'again'; needs: Needs; counts: RetryCounts } | { kind: 'end'; reason: Reason };

/**
 * Out of GPU memory: up to a larger device. Out of host memory below the promise: up to more memory, uncharged. The
 * platform's faults: again, uncharged, at most `platformRuns` times. Out of shared memory by its own words: again with more
 * of it, once; that makes no run more expensive, for it counts as memory. Once per submission, what may be chance or the
 * device's size: a kill that nobody explains, and out of time where the probe let expect a little less, run again; a device
 * that was full in a run that failed and did not say why runs again on a larger one. Everything else is final. Pure.
 */
export function nextAfterFailure(
  failed: FailedRun,
  needs: Needs,
  counts: RetryCounts,
  rules: RetryRules,
): AfterFailure {
  const { reason, rule, instanceClass, memoryLimitMiB } = failed;
  const { limits } = rules;
  if (responsibleParty(reason) === 'platform') {
    const again = { ...counts, platformRuns: counts.platformRuns + 1 };
    return again.platformRuns > limits.platformRuns ? { kind: 'end', reason } : { kind: 'again', needs, counts: again };
  }
  if (reason === 'host-out-of-memory' && memoryLimitMiB !== null && memoryLimitMiB < limits.memoryMiB) {
    const memoryAboveMiB = Math.max(needs.memoryAboveMiB, memoryLimitMiB);
    return { kind: 'again', needs: { ...needs, memoryAboveMiB }, counts };
  }
  const charged = { ...counts, attempts: counts.attempts + 1 };
  if (charged.attempts < limits.attempts) {
    if (reason === 'gpu-out-of-memory') {
      return { kind: 'again', needs: aboveDeviceOf(instanceClass, needs), counts: charged };
    }
    if (rule === 'shared-memory-text' && !needs.moreSharedMemory && limits.sharedMemoryMiB < (memoryLimitMiB ?? 0)) {
      return { kind: 'again', needs: { ...needs, moreSharedMemory: true }, counts: charged };
    }
    if (!counts.doubted) {
      const doubted = { ...charged, doubted: true };
      if (isChance(failed, needs, rules)) return { kind: 'again', needs, counts: doubted };
      if (rule === 'gpu-full-without-words' && hasLargerDevice(instanceClass, rules)) {
        return { kind: 'again', needs: aboveDeviceOf(instanceClass, needs), counts: doubted };
      }
    }
  }
  return { kind: 'end', reason };
}

/**
 * Two runs of one submission do not take equally long. Where the probe lets expect a little less than the wall clock, one
 * that is cut off says as little against the submission as a kill that nobody explains. Far more than was expected is no
 * chance: it hangs, or the sample is not like the test set.
 */
function isChance({ rule, instanceClass }: FailedRun, { profile }: Needs, rules: RetryRules): boolean {
  if (rule === 'killed-unexplained') return true;
  if (rule !== 'time-limit' || profile === undefined) return false;
  const share =
    probedSeconds(instanceClass, profile, rules.testItems) /
    wallClockSeconds(rules.limits, instanceClass, rules.classes);
  return share >= minChanceShare && share < 1;
}

/** A device of more memory; whether a class with one has enough of everything else too is asked when it is chosen. */
const hasLargerDevice = (instanceClass: InstanceClass, { classes }: RetryRules): boolean =>
  classes.some(({ gpuMemoryMiB }) => (gpuMemoryMiB ?? 0) > (instanceClass.gpuMemoryMiB ?? 0));

/** Only classes with more device memory than this one will do from now on. */
const aboveDeviceOf = (instanceClass: InstanceClass, needs: Needs): Needs => ({
  ...needs,
  gpuMemoryAboveMiB: Math.max(needs.gpuMemoryAboveMiB, instanceClass.gpuMemoryMiB ?? 0),
});

/**
 * Why a submission ends after its last run when no class is left. Where no class for it gives the memory that was promised
 * to every team, that is not the team's fault. Pure.
 */
export const reasonWithoutClassLeft = (last: Reason): Reason => (last === 'host-out-of-memory' ? 'unplaceable' : last);

/** A failed probe is no failed submission: what was too small for the sample is only not wanted any more. Pure. */
export function afterFailedProbe({ reason, rule, instanceClass, memoryLimitMiB }: FailedRun, needs: Needs): Needs {
  const { probeAbove } = needs;
  if (reason === 'gpu-out-of-memory') {
    return { ...needs, probeAbove: { ...probeAbove, gpuMemoryMiB: instanceClass.gpuMemoryMiB ?? 0 } };
  }
  if (reason === 'host-out-of-memory') {
    return { ...needs, probeAbove: { ...probeAbove, memoryMiB: memoryLimitMiB ?? 0 } };
  }
  return rule === 'shared-memory-text' ? { ...needs, moreSharedMemory: true } : needs;
}
