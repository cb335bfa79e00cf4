import type { JobDetail } from '@aws-sdk/client-batch';

/** The start of Batch's reason for a RUNNABLE job that no machine of its queue can ever take (job_stuck_in_runnable). */
const misconfigured = /^MISCONFIGURATION:/i;

/**
 * The instant (ms) since which a job was seen RUNNABLE without a break; undefined while it is not. `before`: the same at the
 * poll before. The time since the job was submitted says nothing: it may have been SUBMITTED and PENDING for long.
 */
export const runnableSince = ({ status }: JobDetail, before: number | undefined, now: number): number | undefined =>
  status === 'RUNNABLE' ? (before ?? now) : undefined;

/** Why a job that is RUNNABLE since an instant (ms) is given up; undefined: it may still get a machine. */
export function placementFailure(
  { statusReason }: JobDetail,
  since: number,
  limitSeconds: number,
  now: number,
): 'misconfigured' | 'unplaceable' | undefined {
  if (misconfigured.test(statusReason ?? '')) return 'misconfigured';
  return now - since >= limitSeconds * 1000 ? 'unplaceable' : undefined;
}
