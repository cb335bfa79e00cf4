import { isDeviceFull } from './gpu-memory-full.ts';
import { logHints } from './log-hints.ts';
import type { Reason } from '../model/reasons.ts';
import type { RunOutcome } from '../model/run-outcome.ts';
import type { VerdictRule } from '../model/run-facts.ts';

/** The reason and the rule of a failure; null for a run that succeeded. */
type Verdict = { reason: null; rule: null } | { reason: Reason; rule: VerdictRule };

/** Decides the verdict on a run from its outcome. Measured facts decide; log text only hints. */
export function verdictOf(outcome: RunOutcome): Verdict {
  const failed = (reason: Reason, rule: VerdictRule): Verdict => ({ reason, rule });
  const { end, memory, predictions } = outcome;
  switch (end.kind) {
    case 'never-started':
      return failed(end.fault === 'team' ? 'submission-error' : 'platform-error', 'engine-refused');
    case 'stopped':
      return failed('platform-error', 'stopped-from-outside');
    case 'time-limit':
      return failed('time-limit', 'time-limit');
    case 'exited':
      break;
  }
  if (end.exitCode === 0 && predictions.kind === 'collected') return { reason: null, rule: null };
  if (memory.outOfMemory === 'killed') return failed('host-out-of-memory', 'host-out-of-memory-record');
  if (end.exitCode === 0) {
    return predictions.kind === 'missing'
      ? failed('output-missing', 'predictions-missing')
      : failed('output-invalid', 'predictions-refused');
  }
  const isFull = isDeviceFull(outcome);
  const { fullMemory: words, readOnlyFileSystem: isReadOnly } = outcome.log.hints ?? logHints(outcome.log.tail);
  if (words === 'device' && isFull) return failed('gpu-out-of-memory', 'gpu-text-and-peak');
  if (isFull && words === null && !isReadOnly) return failed('submission-error', 'gpu-full-without-words');
  if (end.exitCode === 137) return failed('submission-error', 'killed-unexplained');
  if (words === 'shared-memory') return failed('submission-error', 'shared-memory-text');
  if (words === 'memory') return failed('submission-error', 'host-memory-text');
  return failed('submission-error', isReadOnly ? 'read-only-file-system-text' : 'exit-code');
}
