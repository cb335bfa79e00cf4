// Emulates CUDA: device memory is bytes in files of the folder HOLDOUT_GPU_DEVICE, whose size is capped.
import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const mebibyte = 1024 * 1024;
const device = process.env.HOLDOUT_GPU_DEVICE;
let tensors = 0;

/** Allocates device memory; a full device ends the program as PyTorch does. */
export function allocate(mebibytes) {
  if (!device) fail('RuntimeError: No CUDA GPUs are available');
  const file = openSync(join(device, `tensor-${process.pid}-${tensors++}`), 'w');
  const block = Buffer.alloc(mebibyte / 4, 1);
  try {
    for (let left = mebibytes * mebibyte; left > 0;) left -= writeSync(file, block, 0, Math.min(left, block.length));
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
    outOfMemory();
  } finally {
    closeSync(file);
  }
}

/** Loads a model of that size, layer by layer. */
export function loadModel(mebibytes) {
  for (let left = mebibytes; left > 0; left -= 4) allocate(Math.min(4, left));
}

function outOfMemory() {
  const { blocks, bsize } = statfsSync(device);
  const capacity = ((blocks * bsize) / mebibyte).toFixed(2);
  fail(
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 16.00 MiB. ' +
      `GPU 0 has a total capacity of ${capacity} MiB of which 0 bytes is free.`,
  );
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
