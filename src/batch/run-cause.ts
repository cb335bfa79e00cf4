import type { JobDetail } from '@aws-sdk/client-batch';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import type { RunOutcome, RunnerError } from '../campaign/model/run-outcome.ts';
import { parseRunKey } from '../ids.ts';

export interface RunRemains {
  runKey: string;
  outcome: RunOutcome | undefined;
  /** What the runner left instead of an outcome. */
  trouble: RunnerError | undefined;
  /** Undefined: Batch does not know it any more. */
  job: JobDetail | undefined;
}

/**
 * What went wrong with a run, should it have ended by the platform's fault: the engine's words, else the runner's, else
 * Batch's. Equal for equal faults.
 */
export function runCause({ runKey, outcome, trouble, job }: RunRemains): string {
  const { campaign, submission } = parseRunKey(runKey);
  const names = [runKey, campaign, submission];
  if (outcome?.end.kind === 'never-started') return faultCause(`the engine: ${outcome.end.detail}`, names);
  if (outcome === undefined && trouble) return faultCause(`${trouble.code}: ${trouble.message}`, names);
  return faultCause(wordsOf(job), names);
}

function wordsOf(job: JobDetail | undefined): string {
  if (job === undefined) return 'Batch does not know the job any more';
  const attempt = job.attempts?.at(-1);
  const { exitCode, reason } = attempt?.container ?? job.container ?? {};
  const words = [
    attempt?.statusReason ?? job.statusReason,
    reason,
    exitCode === undefined ? undefined : `exit status ${exitCode}`,
  ].filter((part) => part !== undefined && part !== '');
  return [`the job ${job.status ?? 'ended'} without an outcome`, ...new Set(words)].join(', ');
}
