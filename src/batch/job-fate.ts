import type { JobDetail, JobStatus } from '@aws-sdk/client-batch';
import type { Reason } from '../campaign/model/reasons.ts';
import type { ObservedJob } from '../campaign/model/run-facts.ts';

/** The reasons that Holdout itself gives when it terminates a job. */
export const endedByHoldout = {
  cancelled: 'Holdout: cancelled',
  unplaceable: 'Holdout: too long RUNNABLE',
  duplicate: 'Holdout: duplicate of a run',
  lost: 'Holdout: unknown to DescribeJobs',
} as const;

/** The first match decides. */
const fates: readonly [RegExp, Reason][] = [
  [new RegExp(`^${endedByHoldout.cancelled}`), 'cancelled'],
  [new RegExp(`^${endedByHoldout.unplaceable}`), 'unplaceable'],
  [new RegExp(`^${endedByHoldout.duplicate}`), 'platform-error'],
  [new RegExp(`^${endedByHoldout.lost}`), 'platform-error'],
  [/^Job attempt duration exceeded timeout/i, 'platform-error'],
  [/^Host EC2/i, 'spot-reclaimed'],
  [/MISCONFIGURATION:|CAPACITY:/i, 'unplaceable'],
];

/**
 * Why a job left no outcome, from Batch's own fields. A job that someone else terminated counts as cancelled. The reason is
 * never the team's fault: Batch sees the runner, not the submission. `undefined` stands for a job that Batch no longer knows.
 */
export function fateOf(job: JobDetail | undefined): Reason {
  if (job === undefined) return 'platform-error';
  const texts = [job, ...(job.attempts ?? [])].flatMap(({ statusReason }) => statusReason ?? []);
  const found = fates.find(([pattern]) => texts.some((text) => pattern.test(text)));
  if (found) return found[1];
  return job.isTerminated || job.isCancelled ? 'cancelled' : 'platform-error';
}

/** The last attempt as Batch shows it, of a job with one container. */
export function jobFacts({ statusReason, startedAt, stoppedAt, attempts, container }: JobDetail): ObservedJob {
  const last = attempts?.at(-1);
  return {
    statusReason: last?.statusReason ?? statusReason ?? null,
    exitCode: last?.container?.exitCode ?? container?.exitCode ?? null,
    reason: last?.container?.reason ?? container?.reason ?? null,
    startedAt: last?.startedAt ?? startedAt ?? null,
    stoppedAt: last?.stoppedAt ?? stoppedAt ?? null,
  };
}

/** Whether a job's state is final. */
export const hasEnded = ({ status }: { status?: JobStatus | undefined }): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED';
