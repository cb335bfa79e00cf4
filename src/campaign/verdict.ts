import type { Reason } from './reasons.ts';
import type { RunOutcome } from './run-outcome.ts';

/**
 * What the facts of a run say. Facts decide, text only hints. `doubtful`: the container was killed and
 * nobody knows by whom; worth one more run. Pure.
 */
export type Verdict = { kind: 'succeeded' } | { kind: 'failed'; reason: Reason; rule: VerdictRule; doubtful?: true };

/** The rule that decided, kept in the history instead of the contestant's text. */
export type VerdictRule =
  | 'stopped-from-outside'
  | 'engine-refused'
  | 'time-limit'
  | 'host-out-of-memory-record'
  | 'gpu-text-and-peak'
  | 'killed-unexplained'
  | 'exit-code'
  | 'predictions-missing'
  | 'predictions-refused';

/** Share of the device that must have been in use before the text of an out-of-memory error is believed. */
const gpuPeakShare = 0.93;

/** Reads the outcome of a run. */
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
  if (deviceExhausted(outcome)) return failed('gpu-out-of-memory', 'gpu-text-and-peak');
  if (end.exitCode === 137) {
    return { kind: 'failed', reason: 'submission-error', rule: 'killed-unexplained', doubtful: true };
  }
  return failed('submission-error', 'exit-code');
}

/** The device was full, and the last words about memory are about the device's. */
function deviceExhausted({ device, log }: RunOutcome): boolean {
  if (device === null || device.peakMiB < gpuPeakShare * device.totalMiB) return false;
  const lines = log.tail.split('\n');
  const lastOf = (texts: readonly RegExp[]): number =>
    lines.findLastIndex((line) => texts.some((text) => text.test(line)));
  return lastOf(gpuTexts) > lastOf(hostTexts);
}

/** What frameworks print when the device is full: PyTorch, its CUDA libraries, TensorFlow, onnxruntime, MXNet. */
const gpuTexts = [
  /CUDA out of memory\. Tried to allocate/,
  /CUDA error: out of memory/,
  /CUDNN_STATUS_ALLOC_FAILED/,
  /(?:CUBLAS|CURAND)_STATUS_(?:NOT_INITIALIZED|ALLOC(?:ATION)?_FAILED)/,
  /OOM when allocating tensor .* by allocator GPU_\d+_bfc/,
  /BFCArena::AllocateRawInternal.* Failed to allocate memory for requested buffer/,
  /cudaMalloc (?:retry )?failed: out of memory/,
];

/** What they, NumPy and the C library print when the machine's memory or /dev/shm is full. */
const hostTexts = [
  /DefaultCPUAllocator/,
  /\bMemoryError\b/,
  /Unable to allocate .* for an array/,
  /by allocator (?:mkl)?cpu/,
  /Cannot allocate memory/,
  /out of shared memory/,
];
