import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { gpuKinds } from '../../campaign/model/instance-class-kinds.ts';
import { holdoutError } from '../../errors.ts';
import { installedGpus } from '../device/installed-gpus.ts';

/** Throws GPUS_DIFFER unless the host has exactly the GPUs of the class, DEVICE_UNREADABLE if the driver does not answer. */
export async function checkGpus({ gpu }: Pick<RunSpec['instanceClass'], 'gpu'>): Promise<void> {
  const expected = gpu === 'none' ? 0 : gpuKinds[gpu].gpusOfBatchJob;
  if (expected === 0) return;
  const found = (await installedGpus()).length;
  if (found !== expected) throw holdoutError('GPUS_DIFFER', { expected, found });
}
