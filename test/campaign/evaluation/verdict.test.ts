import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { responsibleParties } from '../../../src/campaign/model/reasons.ts';
import type { RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { logHints } from '../../../src/campaign/evaluation/log-hints.ts';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { deviceTexts, otherTexts, processTexts, readOnlyTexts, sharedTexts } from './memory-texts.ts';
import { goodOutcome, outcome } from '../samples.ts';

const exited = (exitCode: number): RunOutcome['end'] => ({ kind: 'exited', exitCode });
const killed = { ...goodOutcome.memory, outOfMemory: 'killed' as const };
const log = (tail: string): RunOutcome['log'] => ({ bytes: tail.length, keptBytes: tail.length, tail });
const full = { totalMiB: 15_109, idleMiB: 0, peakMiB: 15_000, driver: 'nvidia' };

/** The same run in a campaign whose logs are sealed: the outcome has no text. */
const withSealedLog = (run: RunOutcome): RunOutcome => ({
  ...run,
  log: { ...run.log, tail: '', hints: logHints(run.log.tail) },
});

const verdict = (change: Partial<RunOutcome>): string => {
  const found = verdictOf(outcome(change));
  assert.deepEqual(verdictOf(withSealedLog(outcome(change))), found, 'a sealed log has the same verdict');
  return found.reason === null ? 'succeeded' : `${found.reason} (${found.rule})`;
};
/** A failed run that filled its device and ended with this message. */
const lastWords = (tail: string): string => verdict({ end: exited(1), device: full, log: log(tail) });

const gpu = 'gpu-out-of-memory (gpu-text-and-peak)';
const own = 'submission-error (exit-code)';
const wordless = 'submission-error (gpu-full-without-words)';

const fatalGpuTexts = [
  'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 14.76 GiB total capacity; 12.89 GiB used)',
  'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.',
  'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 14.56 GiB',
  'RuntimeError: CUDA error: out of memory',
  'RuntimeError: cuDNN error: CUDNN_STATUS_ALLOC_FAILED',
  'RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`',
  'ResourceExhaustedError: OOM when allocating tensor with shape[64,299,299,32] and type float on ' +
    '/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc [Op:Conv2D]',
  '2019-11-01 12:00:00.0: E tensorflow/stream_executor/cuda/cuda_blas.cc:238] failed to create cublas handle: CUBLAS_STATUS_ALLOC_FAILED',
  'E tensorflow/stream_executor/cuda/cuda_dnn.cc:329] Could not create cudnn handle: CUDNN_STATUS_ALLOC_FAILED',
  'bfc_arena.cc:330 onnxruntime::BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 285081600',
  '/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, ' +
    'onnxruntime::Stream*, bool, onnxruntime::WaitNotificationFn) Failed to allocate memory for requested buffer of size 805306368',
  'mxnet.base.MXNetError: src/storage/./pooled_storage_manager.h:161: cudaMalloc retry failed: out of memory',
  'mxnet.base.MXNetError: Check failed: e == CURAND_STATUS_SUCCESS (102 vs. 0) : CURAND_STATUS_ALLOCATION_FAILED',
  'RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`',
  'torch.OutOfMemoryError: Allocation on device 0 would exceed allowed memory. (out of memory)',
  'tensorflow.python.framework.errors_impl.ResourceExhaustedError: {{function_node __wrapped__Cast_device_/job:localhost/replica:0/' +
    'task:0/device:GPU:0}} failed to allocate memory [Op:Cast]',
  'jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 3800000000 bytes.',
  'W tensorflow/core/framework/op_kernel.cc:1401] OP_REQUIRES failed at conv_ops_3d.cc:399 : Resource exhausted: OOM when allocating ' +
    'tensor with shape[1,32,368,368,368] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
  'onnxruntime.capi.onnxruntime_pybind11_state.RuntimeException: [ONNXRuntimeError] : 6 : CUDA failure 2: out of memory ; GPU=0',
  '[17:36:58] /opt/mxnet/dmlc-core/include/dmlc/./logging.h:308: [17:36:58] src/storage/./pooled_storage_manager.h:111: ' +
    'cudaMalloc failed: out of memory',
  'mxnet.base.MXNetError: [16:52:49] src/storage/./gpu_device_storage.h:39: Check failed: e == cudaSuccess || e == ' +
    'cudaErrorCudartUnloading CUDA: out of memory',
  // Printed on an NVIDIA H200 with driver 580.159: PyTorch 2.11 (twice), JAX 0.11, CuPy 14.2.
  'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 139.80 GiB of which ' +
    '1.29 GiB is free. Including non-PyTorch memory, this process has 138.51 GiB memory in use.',
  'torch.AcceleratorError: CUDA error: out of memory\n' +
    "Search for `cudaErrorMemoryAllocation' in https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html",
  'jax.errors.JaxRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 512.02GiB with allocator GPU_0_bfc on ' +
    "device 0. [tf-allocator-allocation-error='']\n--------------------\nFor simplicity, JAX has removed its internal frames",
  'cupy.cuda.memory.OutOfMemoryError: Out of memory allocating 2,199,023,255,552 bytes (allocated so far: 0 bytes).',
];

const sharedMemoryTexts = [
  'RuntimeError: DataLoader worker (pid 23) is killed by signal: Bus error. It is possible that its workers are out of shared memory.',
  'ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).',
  'RuntimeError: DataLoader worker (pid 4499) is killed by signal: Bus error.',
];

const hostTexts = [
  "RuntimeError: [enforce fail at CPUAllocator.cpp:64] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes",
  'RuntimeError: [enforce fail at alloc_cpu.cpp:73] . DefaultCPUAllocator: not enough memory',
  'MemoryError',
  'numpy.core._exceptions.MemoryError: Unable to allocate 12.3 GiB for an array with shape (64, 299)',
  'ResourceExhaustedError: OOM when allocating tensor with shape[1,2] on /device:CPU:0 by allocator cpu',
  'ResourceExhaustedError: OOM when allocating tensor with shape[1,2] on /device:CPU:0 by allocator mklcpu',
  'OSError: [Errno 12] Cannot allocate memory',
  "terminate called after throwing an instance of 'std::bad_alloc'",
];

/** Messages about memory after which TensorFlow continues. */
const survivedTexts = [
  'W tensorflow/core/common_runtime/bfc_allocator.cc:239] Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.16GiB ' +
    'with freed_by_count=0. The caller indicates that this is not a failure, but may mean that there could be performance gains',
  'E tensorflow/stream_executor/cuda/cuda_driver.cc:806] failed to allocate 14.5G (15569256448 bytes) from device: ' +
    'CUDA_ERROR_OUT_OF_MEMORY: out of memory',
  'W1126 14:42:52.782291     759 bfc_allocator.cc:371] Allocator (GPU_0_bfc) ran out of memory trying to allocate 512.02GiB from ' +
    'the lower end with freed_by_count=0. The caller indicates that this is not a failure',
];

describe('the verdict on a run', () => {
  it('is success for exit 0 with predictions', () => {
    assert.equal(verdict({}), 'succeeded');
  });

  it('is a platform error if the runner was stopped, whatever the container left', () => {
    assert.equal(verdict({ end: { kind: 'stopped' }, memory: killed }), 'platform-error (stopped-from-outside)');
  });

  it('is the team’s fault when the image cannot be started, the platform’s when the machine cannot start it', () => {
    const refused = (fault: 'team' | 'platform'): string =>
      verdict({ end: { kind: 'never-started', fault, detail: '' }, predictions: { kind: 'missing' } });
    assert.equal(refused('team'), 'submission-error (engine-refused)');
    assert.equal(refused('platform'), 'platform-error (engine-refused)');
  });

  it('is the time limit by the runner’s clock, even with an out-of-memory record or message', () => {
    const end = { kind: 'time-limit' } as const;
    assert.equal(verdict({ end, memory: killed }), 'time-limit (time-limit)');
    assert.equal(verdict({ end, device: full, log: log(fatalGpuTexts[0] ?? '') }), 'time-limit (time-limit)');
  });

  it('is out of host memory by the kernel’s record at any exit status: 137, 1 or 2', () => {
    for (const exitCode of [137, 1, 2]) {
      assert.equal(
        verdict({ end: exited(exitCode), memory: killed }),
        'host-out-of-memory (host-out-of-memory-record)',
      );
    }
  });

  it('prefers the record to messages: a full device and a killed process mean host memory', () => {
    const change = { end: exited(1), memory: killed, device: full, log: log(fatalGpuTexts[0] ?? '') };
    assert.equal(verdict(change), 'host-out-of-memory (host-out-of-memory-record)');
  });

  it('accepts the predictions of a run in which only a child was killed, and blames memory when there are none', () => {
    assert.equal(verdict({ memory: killed }), 'succeeded');
    for (const predictions of [{ kind: 'missing' }, { kind: 'refused', why: 'too-large' }] as const) {
      assert.equal(verdict({ memory: killed, predictions }), 'host-out-of-memory (host-out-of-memory-record)');
    }
  });

  it('is missing or refused output for exit 0 without usable predictions', () => {
    assert.equal(verdict({ predictions: { kind: 'missing' } }), 'output-missing (predictions-missing)');
    for (const why of ['link', 'not-a-file', 'too-large'] as const) {
      assert.equal(verdict({ predictions: { kind: 'refused', why } }), 'output-invalid (predictions-refused)');
    }
  });

  it('is out of GPU memory by every framework’s message in a failed run that filled its device', () => {
    for (const text of fatalGpuTexts) {
      assert.equal(lastWords(`epoch 1\n${text}\n  at line 7\n`), gpu, text);
      assert.equal(lastWords(`${text}\r\nbye\r\n`), gpu, text);
    }
  });

  it('accepts messages once the device was 93 % full', () => {
    const at = (peakMiB: number): string =>
      verdict({
        end: exited(1),
        device: { totalMiB: 1_000, idleMiB: 0, peakMiB, driver: 'nvidia' },
        log: log(fatalGpuTexts[0] ?? ''),
      });
    assert.equal(at(930), gpu);
    assert.equal(at(929), own);
  });

  it('needs a failed run: messages and a full device do not count with exit code 0', () => {
    const spoken = { device: full, log: log(fatalGpuTexts[0] ?? '') };
    assert.equal(verdict(spoken), 'succeeded');
    assert.equal(verdict({ ...spoken, predictions: { kind: 'missing' } }), 'output-missing (predictions-missing)');
  });

  it('ignores TensorFlow’s messages about memory that are not fatal', () => {
    for (const text of survivedTexts) {
      assert.equal(lastWords(`${text}\nKeyError: 'label'`), wordless, text);
      assert.equal(lastWords(`${text}\n${fatalGpuTexts[0]}`), gpu, text);
      assert.equal(lastWords(`${text}\nAborted (core dumped)`), gpu, 'nothing else is named');
    }
  });

  it('does not take messages about host memory or /dev/shm for the GPU’s', () => {
    for (const text of hostTexts) assert.equal(lastWords(text), 'submission-error (host-memory-text)', text);
    for (const text of sharedMemoryTexts) assert.equal(lastWords(text), 'submission-error (shared-memory-text)', text);
  });

  it('takes the last message: survived GPU messages do not count if host memory ends the run', () => {
    for (const text of [...hostTexts, ...sharedMemoryTexts]) {
      const last = lastWords(`${fatalGpuTexts[0]}\nretrying with a smaller batch\n${text}`);
      assert.match(last, /submission-error \((host|shared)-memory-text\)/, text);
      assert.equal(lastWords(`${text}\nretrying\n${fatalGpuTexts[0]}`), gpu, text);
    }
  });

  it('ignores GPU messages on a class without a device', () => {
    for (const text of fatalGpuTexts)
      assert.equal(verdict({ end: exited(1), device: null, log: log(text) }), own, text);
  });

  it('is an unexplained kill for exit code 137 without a record, and plain for every other exit code', () => {
    for (const outOfMemory of ['unknown', 'none'] as const) {
      const memory = { ...goodOutcome.memory, outOfMemory };
      assert.equal(verdict({ end: exited(137), memory }), 'submission-error (killed-unexplained)', outOfMemory);
      for (const exitCode of [1, 2, 139, 143]) assert.equal(verdict({ end: exited(exitCode), memory }), own);
    }
  });

  it('is never out of GPU memory by a message alone, wherever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...fatalGpuTexts),
        fc.string(),
        fc.integer({ min: 1, max: 255 }),
        fc.option(
          fc.record({
            totalMiB: fc.integer({ min: 1, max: 100_000 }),
            share: fc.double({ min: 0, max: 0.92, noNaN: true }),
          }),
        ),
        (text, noise, exitCode, device) => {
          const found = verdictOf(
            outcome({
              end: exited(exitCode),
              log: log(`${noise}\n${text}\n${noise}`),
              device: device && {
                totalMiB: device.totalMiB,
                idleMiB: 0,
                peakMiB: Math.floor(device.totalMiB * device.share),
                driver: 'nvidia',
              },
            }),
          );
          assert.equal(found.reason, 'submission-error');
        },
      ),
    );
  });

  it('is never out of GPU memory by a full device alone, but marks such a failure', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 255 }), (tail, exitCode) => {
        assert.equal(verdict({ end: exited(exitCode), device: full, log: log(tail) }), wordless);
      }),
    );
  });

  it('recognises the out-of-memory messages of many frameworks, each with its source', () => {
    const places = ['TEXT', 'epoch 1\nTEXT\n  at line 7\n', '\u001B[31mTEXT\u001B[0m', 'step 3\rTEXT\r\nbye\r\n'];
    const wrong = deviceTexts.flatMap(({ text, source }) =>
      places
        .map((place) => place.replace('TEXT', () => text))
        .filter((tail) => lastWords(tail) !== gpu)
        .map((tail) => `${lastWords(tail)}: ${JSON.stringify(tail)} ${source}`),
    );
    assert.deepEqual(wrong, []);
    assert.ok(deviceTexts.length >= 40);
  });

  it('ignores these messages if the device was not full, or without a device', () => {
    for (const device of [null, { ...full, peakMiB: 14_051 }]) {
      for (const { text } of deviceTexts) {
        const found = verdict({ end: exited(1), device, log: log(text) });
        assert.match(found, /^submission-error \(exit-code|host-memory-text\)$/, text);
      }
    }
  });

  it('distinguishes the process’s own memory and /dev/shm from a full device', () => {
    for (const { text, source } of processTexts) {
      assert.equal(lastWords(text), 'submission-error (host-memory-text)', `${text} ${source}`);
    }
    for (const { text, source } of sharedTexts) {
      assert.equal(lastWords(text), 'submission-error (shared-memory-text)', `${text} ${source}`);
    }
  });

  it('takes no other error for full memory', () => {
    for (const { text, source } of otherTexts) {
      assert.equal(lastWords(text), wordless, `${text} ${source}`);
      assert.equal(verdict({ end: exited(1), log: log(text) }), own, text);
    }
    assert.ok(processTexts.length + sharedTexts.length + otherTexts.length >= 40);
  });

  it('recognises a read-only file system, unless a full memory explains the failure', () => {
    const readOnly = 'submission-error (read-only-file-system-text)';
    for (const { text, source } of readOnlyTexts) {
      for (const device of [null, full]) {
        assert.equal(verdict({ end: exited(1), device, log: log(`start\n${text}\n`) }), readOnly, `${text} ${source}`);
      }
      assert.equal(verdict({ end: exited(137), log: log(text) }), 'submission-error (killed-unexplained)');
      assert.equal(verdict({ log: log(text) }), 'succeeded');
      assert.equal(lastWords(`${text}\n${fatalGpuTexts[0]}`), gpu);
      assert.equal(
        verdict({ end: exited(1), log: log(`${text}\n${'step\n'.repeat(40)}KeyError: 3`) }),
        own,
        'long ago',
      );
    }
  });

  it('reads the longest tail of any text quickly', () => {
    const length = 16 * 1024;
    const hostile = [
      'a',
      'failed to allocate ',
      'alloc of ',
      'out of ',
      ' ',
      'unable to write',
      'memoria a ',
      'cuda',
      '(',
    ].map((piece) => piece.repeat(length).slice(0, length));
    const started = performance.now();
    for (const text of hostile) lastWords(text);
    assert.ok(performance.now() - started < 1_000, `${performance.now() - started} ms`);
  });

  it('never blames a team for exit code 137 alone, a full cgroup or Batch’s texts', () => {
    const end = fc.oneof(
      fc.constant(exited(137)),
      fc.integer({ min: 0, max: 255 }).map(exited),
      fc.constantFrom<RunOutcome['end']>(
        { kind: 'time-limit' },
        { kind: 'stopped' },
        { kind: 'never-started', fault: 'platform', detail: '' },
      ),
    );
    const predictions = fc.constantFrom<RunOutcome['predictions']>(
      { kind: 'missing' },
      { kind: 'refused', why: 'link' },
      goodOutcome.predictions,
    );
    fc.assert(
      fc.property(end, predictions, fc.constantFrom('none', 'unknown'), (end, predictions, outOfMemory) => {
        const memory = { limitMiB: 100, peakMiB: 100, outOfMemory } as const;
        const found = verdictOf(outcome({ end, predictions, memory }));
        if (found.reason === null) return;
        assert.notEqual(found.reason, 'host-out-of-memory');
        assert.ok(['team', 'platform'].includes(responsibleParties[found.reason]));
        assert.equal(found.rule === 'killed-unexplained', end.kind === 'exited' && end.exitCode === 137);
      }),
    );
  });
});
