import type { JobDetail, JobStatus } from '@aws-sdk/client-batch';
import type { Reason } from '../campaign/model/reasons.ts';

/** What Holdout itself writes into a job it ends. */
export const endedByHoldout = {
  cancelled: 'Holdout: cancelled',
  unplaceable: 'Holdout: too long RUNNABLE',
  duplicate: 'Holdout: duplicate of a run',
  lost: 'Holdout: unknown to DescribeJobs',
} as const;

/**
 * Why a job left no outcome, read from Batch's own fields, first match wins; a job that somebody else ended counts as
 * cancelled. It is never a team's fault: what Batch saw is the runner, not the submission. `undefined` stands for a job
 * that Batch does not know any more.
 */
export function fateOf(job: JobDetail | undefined): Reason {
  if (job === undefined) return 'platform-error';
  const texts = [job.statusReason, ...(job.attempts ?? []).map((attempt) => attempt.statusReason)].filter(
    (text) => text !== undefined,
  );
  const found = fates.find(([pattern]) => texts.some((text) => pattern.test(text)));
  if (found) return found[1];
  return job.isTerminated || job.isCancelled ? 'cancelled' : 'platform-error';
}

const fates: readonly [RegExp, Reason][] = [
  [new RegExp(`^${endedByHoldout.cancelled}`), 'cancelled'],
  [new RegExp(`^${endedByHoldout.unplaceable}`), 'unplaceable'],
  [new RegExp(`^${endedByHoldout.duplicate}`), 'platform-error'],
  [new RegExp(`^${endedByHoldout.lost}`), 'platform-error'],
  [/^Job attempt duration exceeded timeout/i, 'platform-error'],
  [/^Host EC2/i, 'spot-reclaimed'],
  [/MISCONFIGURATION:|CAPACITY:/i, 'unplaceable'],
];

/** A job in one of these states changes no more. */
export const hasEnded = ({ status }: { status?: JobStatus | undefined }): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED';
