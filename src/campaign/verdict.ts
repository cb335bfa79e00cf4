import type { Reason } from './reasons.ts';
import type { RunOutcome } from './run-outcome.ts';

/** What the facts of a run say. Facts decide, text only hints. */
export type Verdict = { kind: 'succeeded' } | { kind: 'failed'; reason: Reason; rule: VerdictRule };

/** The rule that decided, kept in the history instead of the contestant's text. */
export type VerdictRule =
  | 'stopped-from-outside'
  | 'engine-refused'
  | 'time-limit'
  | 'host-out-of-memory-record'
  | 'gpu-text-and-peak'
  | 'killed-unexplained'
  | 'shared-memory-text'
  | 'host-memory-text'
  | 'exit-code'
  | 'predictions-missing'
  | 'predictions-refused';

/** Share of the device that must have been in use before the text of an out-of-memory error is believed. */
const gpuPeakShare = 0.93;

/** Reads the outcome of a run. Pure. */
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
  const words = lastWords(outcome.log.tail);
  if (words === 'device' && isDeviceFull(outcome)) return failed('gpu-out-of-memory', 'gpu-text-and-peak');
  if (end.exitCode === 137) return failed('submission-error', 'killed-unexplained');
  if (words === 'shared-memory') return failed('submission-error', 'shared-memory-text');
  if (words === 'memory') return failed('submission-error', 'host-memory-text');
  return failed('submission-error', 'exit-code');
}

const isDeviceFull = ({ device }: RunOutcome): boolean =>
  device !== null && device.peakMiB >= gpuPeakShare * device.totalMiB;

type Words = 'device' | 'memory' | 'shared-memory';

/** Whose memory the last words about memory say was full. */
function lastWords(tail: string): Words | undefined {
  for (const line of tail.split('\n').reverse()) {
    const found = texts.find(([, patterns]) => patterns.some((text) => text.test(line)));
    if (found) return found[0];
  }
  return undefined;
}

/**
 * What frameworks print when a memory is full, and go on to fail. Left out: what TensorFlow says and survives, because it
 * tries less next (`ran out of memory trying to allocate … not a failure`, `CUDA_ERROR_OUT_OF_MEMORY`).
 */
const texts: readonly [Words, readonly RegExp[]][] = [
  [
    'shared-memory',
    [
      /out of shared memory/,
      /insufficient shared memory \(shm\)/,
      /DataLoader worker .* is killed by signal: Bus error/,
    ],
  ],
  [
    'memory',
    // PyTorch, Python and NumPy, TensorFlow, C++, the C library.
    [
      /DefaultCPUAllocator/,
      /\bMemoryError\b/,
      /Unable to allocate .* for an array/,
      /by allocator (?:mkl)?cpu/,
      /std::bad_alloc/,
      /Cannot allocate memory/,
    ],
  ],
  [
    'device',
    [
      // PyTorch: its own allocator, CUDA's, CUDA itself.
      /CUDA out of memory\. Tried to allocate/,
      /Allocation on device .*would exceed allowed memory/,
      /CUDA error: out of memory/,
      // The CUDA libraries, whoever calls them.
      /CUDNN_STATUS_ALLOC_FAILED/,
      /(?:CUBLAS|CURAND)_STATUS_(?:NOT_INITIALIZED|ALLOC(?:ATION)?_FAILED)/,
      // TensorFlow: graphs, eager operations, XLA (also JAX).
      /OOM when allocating tensor .* by allocator GPU_\d+_bfc/,
      /failed to allocate memory \[Op:/,
      /RESOURCE_EXHAUSTED: Out of memory/,
      // onnxruntime: its arena, CUDA below it.
      /BFCArena::AllocateRawInternal.* Failed to allocate memory for requested buffer/,
      /CUDA failure 2: out of memory/,
      // MXNet, newer and older.
      /cudaMalloc (?:retry )?failed: out of memory/,
      /CUDA: out of memory/,
      // CuPy.
      /cupy\.cuda\.memory\.OutOfMemoryError/,
    ],
  ],
];
