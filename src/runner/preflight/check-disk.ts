import { mkdir, statfs } from 'node:fs/promises';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { holdoutError } from '../../errors.ts';

const mebibyte = 2 ** 20;
/** For the log, the folders of the run and what else writes to this disk. */
const reserveBytes = 512 * mebibyte;

/**
 * Throws SCRATCH_FULL unless a run's inputs, its output and a copy of its predictions fit. The image lies on the engine's own
 * disk; an engine that has no space for it says so.
 */
export async function checkDisk(
  scratch: string,
  { limits, predictions, inputs }: Pick<RunSpec, 'limits' | 'predictions' | 'inputs'>,
): Promise<void> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(scratch);
  const [free, needed] = [bavail * bsize, limits.outputBytes + predictions.maxBytes + inputs.bytes + reserveBytes].map(
    (bytes) => Math.floor(bytes / mebibyte),
  ) as [number, number];
  if (free < needed) throw holdoutError('SCRATCH_FULL', { scratch, freeMiB: free, neededMiB: needed });
}
