import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { compressionOf } from '../archive/compression.ts';
import { Refusal, refuse } from '../refusal.ts';
import { unpackedZstd } from '../zstd/unpacked-zstd.ts';

export type LayerCompression = 'none' | 'gzip' | 'zstd';

/** By the first bytes, whatever a media type says. Throws a Refusal for a compression that is not read. */
export async function layerCompression(file: string): Promise<LayerCompression> {
  const found = (await compressionOf(file)) ?? 'none';
  if (found !== 'none' && found !== 'gzip' && found !== 'zstd') {
    refuse(`a layer is compressed with ${found}; layers are plain, or compressed with gzip or zstd`);
  }
  return found;
}

/**
 * Decompresses a layer file chunk by chunk into `take`. A chunk is only good until `take` returns. `damaged` throws the Refusal
 * for a file that is cut short, has wrong check sums or is followed by something else; a failing disk throws its own error.
 */
export async function unpackLayer(
  file: string,
  compression: LayerCompression,
  take: (chunk: Buffer) => void,
  damaged: () => never,
): Promise<void> {
  let fault: unknown;
  const taking = (chunk: Buffer): void => {
    try {
      take(chunk);
    } catch (error) {
      fault = error;
      throw error;
    }
  };
  try {
    if (compression === 'gzip') await unpackGzip(file, taking, damaged);
    else for await (const chunk of compression === 'zstd' ? unpackedZstd(file, damaged) : read(file)) taking(chunk);
  } catch (error) {
    // Errors of the disk carry the name of a system call; those left are the decompressor's.
    if (error === fault || error instanceof Refusal || (error instanceof Error && 'syscall' in error)) throw error;
    damaged();
  }
}

const read = (file: string): Readable => createReadStream(file, { highWaterMark: 2 ** 20 });

async function unpackGzip(file: string, take: (chunk: Buffer) => void, damaged: () => never): Promise<void> {
  const gunzip = createGunzip({ chunkSize: 2 ** 20 });
  // The callback is there because pipeline wants one; the error reaches the loop through the last stream.
  const unpacked = pipeline(read(file), gunzip, () => {});
  for await (const chunk of unpacked) take(chunk);
  // zlib passes over zeros after the end, and over what follows them.
  if (gunzip.bytesWritten !== (await stat(file)).size) damaged();
}
