import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { CollectedPredictions } from '../../campaign/model/run-outcome.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { hashedStream } from '../../hashed-stream.ts';
import { sealStream } from '../../sealing/age.ts';

/**
 * A copy of the predictions that the submission cannot change, or why there is none. `bytes`: as the submission wrote them;
 * `sha256` (hex): of the copy, which may be sealed.
 */
export type FoundPredictions =
  { kind: 'copied'; bytes: number; sha256: string } | Exclude<CollectedPredictions, { kind: 'collected' }>;

/** The paths where a submission may put its predictions: the campaign's file name, else a common one. */
export const predictionsFiles = (output: string, { file }: RunSpec['predictions']): [string, string] => [
  join(output, file),
  join(output, 'submission.csv'),
];

interface CopyPredictions {
  output: string;
  wanted: RunSpec['predictions'];
  /** The path of the copy. */
  to: string;
  /** The age recipient for whom the copy is sealed; absent: it is plain. */
  seal?: string | undefined;
}

/**
 * Copies the predictions file out of the submission's output, after the container has ended. The file may be a trap: follows
 * no link, reads only a regular file and never more than `maxBytes`.
 */
export async function copyPredictions(copy: CopyPredictions): Promise<FoundPredictions> {
  const [file, otherFile] = predictionsFiles(copy.output, copy.wanted);
  const found = await copyFile(file, copy);
  return found.kind === 'missing' ? copyFile(otherFile, copy) : found;
}

async function copyFile(file: string, copy: CopyPredictions): Promise<FoundPredictions> {
  let source: FileHandle;
  try {
    source = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return openRefused(error as NodeJS.ErrnoException);
  }
  try {
    const stats = await source.stat();
    if (!stats.isFile()) return { kind: 'refused', why: 'not-a-file' };
    if (stats.nlink !== 1) return { kind: 'refused', why: 'link' };
    if (stats.size > copy.wanted.maxBytes) return { kind: 'refused', why: 'too-large' };
    return await copyBounded(source, stats.size, copy);
  } finally {
    await source.close();
  }
}

/** ELOOP: a symbolic link; ENXIO: a socket; EACCES: a device on a mount without devices. */
function openRefused(error: NodeJS.ErrnoException): FoundPredictions {
  if (error.code === 'ENOENT') return { kind: 'missing' };
  if (error.code === 'ELOOP') return { kind: 'refused', why: 'link' };
  if (error.code === 'ENXIO' || error.code === 'EACCES') return { kind: 'refused', why: 'not-a-file' };
  throw error;
}

async function copyBounded(source: FileHandle, size: number, { to, seal }: CopyPredictions): Promise<FoundPredictions> {
  const target = await open(to, 'w', 0o600);
  let bytes = 0;
  const plain = async function* (): AsyncGenerator<Buffer> {
    const end = Math.max(0, size - 1);
    for await (const chunk of source.createReadStream({ start: 0, end, autoClose: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  try {
    const copied = Readable.from(plain(), { objectMode: false });
    const hashed = hashedStream(seal === undefined ? copied : await sealStream(seal, copied));
    for await (const chunk of hashed.stream) await target.write(chunk as Buffer);
    return { kind: 'copied', bytes, sha256: hashed.digest() };
  } finally {
    await target.close();
  }
}
