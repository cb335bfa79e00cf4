import { scriptLayer } from '../../support/images/runnable-image.ts';
import { base, finished, one, sound, type Case } from './case.ts';

/** Needs more GPU memory than the smaller class has, and fails there with a library’s message. */
const outOfMemory = (words: string): Promise<Buffer> =>
  scriptLayer(
    `if dd if=/dev/zero of="$HOLDOUT_GPU_DEVICE/w" bs=1M count=24 2>/dev/null; then ${sound}; exit 0; fi\necho '${words}' >&2; exit 1`,
  );

/** On two classes of emulated GPUs: the reasons of the evaluations, in order. */
export const deviceCases: Record<string, Case & { reasons: (string | null)[] }> = {
  'gpu-words-dlib': {
    write: one({
      layers: [
        base,
        outOfMemory(
          'RuntimeError: Error while calling cudaMalloc(&data, n) in file gpu_data.cpp:221. code: 2, reason: out of memory',
        ),
      ],
    }),
    expected: finished,
    reasons: ['gpu-out-of-memory', null],
  },
  'gpu-words-tensorrt': {
    write: one({
      layers: [
        base,
        outOfMemory('[TRT] [E] 1: [defaultAllocator.cpp::allocate::20] Error Code 1: Cuda Runtime (out of memory)'),
      ],
    }),
    expected: finished,
    reasons: ['gpu-out-of-memory', null],
  },
  'gpu-words-none': {
    write: one({ layers: [base, outOfMemory('Segmentation fault')] }),
    expected: finished,
    reasons: ['submission-error', null],
  },
};
