import type { JobDetail, JobStatus } from '@aws-sdk/client-batch';
import type { Reason } from '../campaign/model/reasons.ts';
import type { ObservedJob } from '../campaign/model/run-facts.ts';

/** The reasons that Holdout itself gives when it terminates a job. */
export const endedByHoldout = {
  cancelled: 'Holdout: cancelled',
  unplaceable: 'Holdout: too long RUNNABLE',
  misconfigured: 'Holdout: cannot be placed',
  duplicate: 'Holdout: duplicate of a run',
  lost: 'Holdout: unknown to DescribeJobs',
  unfollowed: 'Holdout: cannot be followed',
} as const;

/** The first match decides. */
const fates: readonly [RegExp, Reason][] = [
  [new RegExp(`^${endedByHoldout.cancelled}`), 'cancelled'],
  [new RegExp(`^${endedByHoldout.unplaceable}`), 'unplaceable'],
  [new RegExp(`^${endedByHoldout.misconfigured}`), 'platform-error'],
  [new RegExp(`^${endedByHoldout.duplicate}`), 'platform-error'],
  [new RegExp(`^${endedByHoldout.lost}`), 'platform-error'],
  [new RegExp(`^${endedByHoldout.unfollowed}`), 'platform-error'],
  [/^Job attempt duration exceeded timeout/i, 'platform-error'],
  [/^Host EC2/i, 'spot-reclaimed'],
  [/MISCONFIGURATION:/i, 'platform-error'],
  [/CAPACITY:/i, 'unplaceable'],
];

/**
 * Why a job left no outcome, from Batch's own fields. The reason is never the team's fault: Batch sees the runner, not the
 * submission. `undefined` stands for a job that Batch no longer knows.
 */
export const fateOf = (job: JobDetail | undefined): Reason => knownFate(job) ?? 'platform-error';

/** Whether somebody other than Holdout and Batch ended the job, for example in the console. */
export const isEndedByOthers = (job: JobDetail): boolean =>
  Boolean(job.isTerminated || job.isCancelled) && knownFate(job) === undefined;

function knownFate(job: JobDetail | undefined): Reason | undefined {
  const texts = [job, ...(job?.attempts ?? [])].flatMap((part) => part?.statusReason ?? []);
  return fates.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1];
}

/** The last attempt as Batch shows it, of a job with one container. */
export function jobFacts({ statusReason, startedAt, stoppedAt, attempts, container }: JobDetail): ObservedJob {
  const last = attempts?.at(-1);
  return {
    statusReason: last?.statusReason ?? statusReason ?? null,
    exitCode: last?.container?.exitCode ?? container?.exitCode ?? null,
    reason: last?.container?.reason ?? container?.reason ?? null,
    ...present({
      logStreamName: last?.container?.logStreamName ?? container?.logStreamName,
      containerInstanceArn: last?.container?.containerInstanceArn ?? container?.containerInstanceArn,
    }),
    startedAt: last?.startedAt ?? startedAt ?? null,
    stoppedAt: last?.stoppedAt ?? stoppedAt ?? null,
  };
}

const present = (texts: Record<'logStreamName' | 'containerInstanceArn', string | undefined>): Partial<ObservedJob> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text));

/** Whether a job's state is final. */
export const hasEnded = ({ status }: { status?: JobStatus | undefined }): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED';
