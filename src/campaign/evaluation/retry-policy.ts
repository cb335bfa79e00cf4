import type { ClassRules } from './class-fit.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { probedSeconds, type Needs } from './needs.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import { wallClockSeconds } from '../model/run-limits.ts';
import type { VerdictRule } from '../model/run-facts.ts';

/**
 * Least predicted share of the wall clock at which a time limit may be accidental. In simulated campaigns, every sound
 * submission that hit the limit was predicted to take at least 0.83 of it (docs/adr/0006).
 */
const minAccidentalShare = 0.5;

/** The campaign settings that the retry policy reads. */
export interface RetryRules extends ClassRules {
  testItems: number;
}

/** The retries that a submission has used. */
export interface RetryCounts {
  /** Evaluation runs charged to the team. */
  attempts: number;
  /** Runs repeated for platform faults, probes included. */
  platformRuns: number;
  /** The one retry of a failure that may be accidental was used. */
  doubted: boolean;
}

/** The counts of a submission before its first run. */
export const noRetries: RetryCounts = { attempts: 0, platformRuns: 0, doubted: false };

/** A run to which the retry policy applies. */
export interface FailedRun {
  reason: Reason;
  rule: VerdictRule | 'no-outcome' | null;
  instanceClass: InstanceClass;
  /** Memory of the container; running out of less than the promised amount is not charged. */
  memoryLimitMiB: number | null;
}

/** The step after a failed evaluation: another run with updated needs, or the submission's end. */
export type AfterFailure = { kind: 'again'; needs: Needs; counts: RetryCounts } | { kind: 'end'; reason: Reason };

/**
 * The retry policy:
 * - Platform fault: retry, uncharged, at most `platformRuns` times.
 * - Out of host memory below the promise: retry with more memory, uncharged.
 * - Out of GPU memory: retry on a larger device.
 * - Full shared memory, by the program's own message: retry once with more. It counts as memory, so no run costs more.
 * - Once per submission: retry an unexplained kill, and a time limit that the probe predicted to be close; retry on a larger
 *   device if the program failed on a full device without naming a cause.
 * - Every other failure is final.
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
      if (isPossiblyAccidental(failed, needs, rules)) return { kind: 'again', needs, counts: doubted };
      if (rule === 'gpu-full-without-words' && hasLargerDevice(instanceClass, rules)) {
        return { kind: 'again', needs: aboveDeviceOf(instanceClass, needs), counts: doubted };
      }
    }
  }
  return { kind: 'end', reason };
}

/**
 * Whether a failure may be accidental. Durations vary between runs, so a time limit proves nothing if the probe predicted
 * slightly less than the wall clock. If it predicted far less, the program hangs or the sample is unlike the test set.
 */
function isPossiblyAccidental({ rule, instanceClass }: FailedRun, { profile }: Needs, rules: RetryRules): boolean {
  if (rule === 'killed-unexplained') return true;
  if (rule !== 'time-limit' || profile === undefined) return false;
  const share =
    probedSeconds(instanceClass, profile, rules.testItems) /
    wallClockSeconds(rules.limits, instanceClass, rules.classes);
  return share >= minAccidentalShare && share < 1;
}

/** Whether a class has a larger device; the choice of a class checks everything else. */
const hasLargerDevice = (instanceClass: InstanceClass, { classes }: RetryRules): boolean =>
  classes.some(({ gpuMemoryMiB }) => (gpuMemoryMiB ?? 0) > (instanceClass.gpuMemoryMiB ?? 0));

/** Restricts the next runs to classes with more GPU memory. */
const aboveDeviceOf = (instanceClass: InstanceClass, needs: Needs): Needs => ({
  ...needs,
  gpuMemoryAboveMiB: Math.max(needs.gpuMemoryAboveMiB, instanceClass.gpuMemoryMiB ?? 0),
});

/**
 * The reason of a submission that fails because no class is left. If no class offers the memory promised to every team, the
 * team is not responsible.
 */
export const reasonWithoutClassLeft = (last: Reason): Reason => (last === 'host-out-of-memory' ? 'unplaceable' : last);

/** Learns from a failed probe: sizes too small for the sample are avoided, not ruled out. */
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
