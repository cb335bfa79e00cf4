import type { InstanceClass, Limits } from './frozen-campaign.ts';
import type { Needs } from './needs.ts';
import { faultOf, type Reason } from './reasons.ts';

/** What the evaluation runs of a submission used up so far. */
export interface Tries {
  /** Evaluation runs charged to the team. */
  attempts: number;
  /** Re-runs for the platform's reasons, probes included. */
  platformRuns: number;
  /** A kill that nobody explains is worth one more run. */
  doubted: boolean;
}

export const noTries: Tries = { attempts: 0, platformRuns: 0, doubted: false };

export interface FailedRun {
  reason: Reason;
  doubtful: boolean;
  on: InstanceClass;
  memoryLimitMiB: number | null;
}

/** What follows a failed evaluation: another run with what was learnt, or the submission's end. */
export type Move = { kind: 'again'; needs: Needs; tries: Tries } | { kind: 'end'; reason: Reason };

/**
 * Out of GPU memory: up to a larger device. Out of host memory below the promise: up to more memory, uncharged. The
 * platform's faults: again, uncharged, at most `platformRuns` times. Everything else is final. Pure.
 */
export function moveAfter(failed: FailedRun, needs: Needs, tries: Tries, limits: Limits): Move {
  const { reason, on, memoryLimitMiB } = failed;
  if (faultOf(reason) === 'platform') {
    const again = { ...tries, platformRuns: tries.platformRuns + 1 };
    return again.platformRuns > limits.platformRuns ? { kind: 'end', reason } : { kind: 'again', needs, tries: again };
  }
  if (reason === 'host-out-of-memory' && memoryLimitMiB !== null && memoryLimitMiB < limits.memoryMiB) {
    const memoryAboveMiB = Math.max(needs.memoryAboveMiB, memoryLimitMiB);
    return { kind: 'again', needs: { ...needs, memoryAboveMiB }, tries };
  }
  const charged = { ...tries, attempts: tries.attempts + 1 };
  if (charged.attempts < limits.attempts) {
    if (reason === 'gpu-out-of-memory') {
      return { kind: 'again', needs: aboveDeviceOf(on, needs), tries: charged };
    }
    if (failed.doubtful && !tries.doubted) return { kind: 'again', needs, tries: { ...charged, doubted: true } };
  }
  return { kind: 'end', reason };
}

/** Only classes with more device memory than this one will do from now on. */
const aboveDeviceOf = (on: InstanceClass, needs: Needs): Needs => ({
  ...needs,
  gpuMemoryAboveMiB: Math.max(needs.gpuMemoryAboveMiB, on.gpuMemoryMiB ?? 0),
});

/**
 * Why a submission ends after its last run when no class is left. Where no class for it gives the memory that was promised
 * to every team, that is not the team's fault. Pure.
 */
export const endOfLadder = (last: Reason): Reason => (last === 'host-out-of-memory' ? 'unplaceable' : last);

/** A failed probe is no failed submission: what was too small for the sample is only not wanted any more. Pure. */
export function afterFailedProbe({ reason, on, memoryLimitMiB }: FailedRun, needs: Needs): Needs {
  const { probeAbove } = needs;
  if (reason === 'gpu-out-of-memory') {
    return { ...needs, probeAbove: { ...probeAbove, gpuMemoryMiB: on.gpuMemoryMiB ?? 0 } };
  }
  if (reason === 'host-out-of-memory') {
    return { ...needs, probeAbove: { ...probeAbove, memoryMiB: memoryLimitMiB ?? 0 } };
  }
  return needs;
}
