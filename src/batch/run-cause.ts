import type { JobDetail } from '@aws-sdk/client-batch';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import type { CanaryOutcome } from '../campaign/model/canary.ts';
import type { RunOutcome, RunnerError } from '../campaign/model/run-outcome.ts';
import { parseRunKey } from '../ids.ts';
import { endedByHoldout, isEndedByOthers } from './job-fate.ts';

interface RunRemains {
  runKey: string;
  outcome: RunOutcome | CanaryOutcome | undefined;
  /** The runner's error, written instead of an outcome. */
  runnerError: RunnerError | undefined;
  /** Undefined when Batch no longer knows it. */
  job: JobDetail | undefined;
}

/**
 * What went wrong with a run, if the platform is at fault: the engine's message, else the runner's, else Batch's. Equal
 * faults give equal causes.
 */
export function runCause({ runKey, outcome, runnerError, job }: RunRemains): string {
  const { campaign, submission } = parseRunKey(runKey);
  const names = [runKey, campaign, submission];
  if (job !== undefined && isEndedByOthers(job)) {
    return faultCause(`somebody ended the job outside Holdout: ${job.statusReason ?? 'without a reason'}`, names);
  }
  if (outcome && 'end' in outcome && outcome.end.kind === 'never-started') {
    return faultCause(`the engine: ${outcome.end.detail}`, names);
  }
  if (outcome === undefined && runnerError) return faultCause(`${runnerError.code}: ${runnerError.message}`, names);
  return faultCause(messageOf(job), names);
}

function messageOf(job: JobDetail | undefined): string {
  if (job === undefined) return 'Batch does not know the job any more';
  const unplaced = `${endedByHoldout.misconfigured}: `;
  if (job.statusReason?.startsWith(unplaced)) {
    return `Batch cannot place the job: ${job.statusReason.slice(unplaced.length)}`;
  }
  const attempt = job.attempts?.at(-1);
  const { exitCode, reason } = attempt?.container ?? job.container ?? {};
  const parts = [
    attempt?.statusReason ?? job.statusReason,
    reason,
    exitCode === undefined ? undefined : `exit status ${exitCode}`,
  ].filter((part) => part !== undefined && part !== '');
  return [`the job ${job.status ?? 'ended'} without an outcome`, ...new Set(parts)].join(', ');
}
