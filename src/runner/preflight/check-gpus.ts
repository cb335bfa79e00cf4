import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { reservedGpusOf } from '../../campaign/model/classes/instance-class-kinds.ts';
import { holdoutError } from '../../errors.ts';
import { installedGpus } from '../device/installed-gpus.ts';

/** Throws GPUS_DIFFER unless the host has exactly the GPUs of the class, DEVICE_UNREADABLE if the driver does not answer. */
export async function checkGpus(instanceClass: Pick<RunSpec['instanceClass'], 'gpu' | 'gpus'>): Promise<void> {
  const expected = reservedGpusOf(instanceClass);
  if (expected === 0) return;
  const found = (await installedGpus()).length;
  if (found !== expected) throw holdoutError('GPUS_DIFFER', { expected, found });
}
