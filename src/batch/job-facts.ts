import type { JobDetail } from '@aws-sdk/client-batch';
import type { ObservedJob } from '../campaign/model/run-facts.ts';

/** What Batch shows of a job's last attempt; for a job of one container. */
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
