import { fullMemoryIn, saysReadOnly } from './log-tail.ts';
import type { Reason } from '../model/reasons.ts';
import type { RunOutcome } from '../model/run-outcome.ts';
import type { VerdictRule } from '../model/run-facts.ts';

/** The verdict on a run. Measured facts decide; log text only hints. */
export type Verdict = { kind: 'succeeded' } | { kind: 'failed'; reason: Reason; rule: VerdictRule };

/** Out-of-memory messages count only if at least this share of the GPU memory was in use. */
const gpuPeakShare = 0.93;

/** Decides the verdict on a run from its outcome. */
export function verdictOf(outcome: RunOutcome): Verdict {
  const failed = (reason: Reason, rule: VerdictRule): Verdict => ({ kind: 'failed', reason, rule });
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
  if (end.exitCode === 0) {
    if (predictions.kind === 'collected') return { kind: 'succeeded' };
    if (memory.outOfMemory === 'killed') return failed('host-out-of-memory', 'host-out-of-memory-record');
    return predictions.kind === 'missing'
      ? failed('output-missing', 'predictions-missing')
      : failed('output-invalid', 'predictions-refused');
  }
  if (memory.outOfMemory === 'killed') return failed('host-out-of-memory', 'host-out-of-memory-record');
  const isFull = isDeviceFull(outcome);
  const words = fullMemoryIn(outcome.log.tail);
  if (words === 'device' && isFull) return failed('gpu-out-of-memory', 'gpu-text-and-peak');
  const isReadOnly = saysReadOnly(outcome.log.tail);
  if (isFull && words === undefined && !isReadOnly) return failed('submission-error', 'gpu-full-without-words');
  if (end.exitCode === 137) return failed('submission-error', 'killed-unexplained');
  if (words === 'shared-memory') return failed('submission-error', 'shared-memory-text');
  if (words === 'memory') return failed('submission-error', 'host-memory-text');
  return failed('submission-error', isReadOnly ? 'read-only-file-system-text' : 'exit-code');
}

const isDeviceFull = ({ device }: RunOutcome): boolean =>
  device !== null && device.peakMiB >= gpuPeakShare * device.totalMiB;
