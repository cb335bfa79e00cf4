import type { RunEnd } from '../../activities/run-end.ts';
import type { RunOrder } from '../../activities/submit-batch-job.ts';
import type { InstanceClass, Purpose } from '../../campaign/model/frozen-campaign.ts';
import type { RunRecord, RunSettlement } from '../../campaign/model/messages.ts';
import { mayStillBeRunning } from '../jobs/follow-job.ts';

/** A run that was granted. */
export interface GrantedRun {
  n: number;
  purpose: Purpose;
  rerun: boolean;
  instanceClass: InstanceClass;
  /** Micro-dollars. */
  reserved: number;
  moreSharedMemory: boolean;
  image: RunOrder['image'];
}

/** The run as the ledger gets it. */
export function runRecordOf({ n, purpose, instanceClass }: GrantedRun, end: RunEnd): RunRecord {
  const { jobId, reason, cause, billedSeconds, costMicroUsd, facts } = end;
  return {
    n,
    purpose,
    class: instanceClass.name,
    jobId,
    reason,
    ...(cause !== undefined && { cause }),
    billedSeconds,
    costMicroUsd,
    ...(facts && { facts }),
  };
}

/** The run as its campaign settles it. */
export function settlementOf(granted: GrantedRun, end: RunEnd): Omit<RunSettlement, 'submission'> {
  const { n, purpose, rerun, instanceClass } = granted;
  const { reason, cause, billedSeconds, costMicroUsd } = end;
  return {
    n,
    purpose,
    rerun,
    class: instanceClass.name,
    billedSeconds,
    costMicroUsd,
    ...(reason && { reason }),
    ...(cause !== undefined && { cause }),
    ...(reason === 'unplaceable' && { classShort: true }),
  };
}

/** No worker could stop the job. */
export const leftBehind = (jobId: string | null, n: number): RunEnd => ({
  ...neverRan,
  jobId,
  reason: 'cancelled',
  cause: `${mayStillBeRunning(jobId, `a job of run ${n}`)}: no worker could stop it`,
});

/** No job was made for the run. */
export const neverRan: RunEnd = {
  jobId: null,
  billedSeconds: 0,
  costMicroUsd: 0,
  reason: 'platform-error',
  rule: 'no-outcome',
  memoryLimitMiB: null,
};
