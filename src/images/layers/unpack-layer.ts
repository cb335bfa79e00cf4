import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { compressionOf } from '../archive/compression.ts';
import { Refusal, refuse } from '../refusal.ts';
import { unpackedZstd } from '../zstd/unpacked-zstd.ts';

export type LayerCompression = 'none' | 'gzip' | 'zstd';

/** By the first bytes, regardless of the media type. Throws a Refusal for an unsupported compression. */
export async function layerCompression(file: string): Promise<LayerCompression> {
  const found = (await compressionOf(file)) ?? 'none';
  if (found !== 'none' && found !== 'gzip' && found !== 'zstd') {
    refuse(`a layer is compressed with ${found}; layers are plain, or compressed with gzip or zstd`);
  }
  return found;
}

/**
 * Decompresses a layer file chunk by chunk into `take`. A chunk is valid only until `take` returns. `damaged` throws the
 * Refusal for a file that is cut short, has wrong checksums or trailing data; a failing disk throws its own error.
 */
export async function unpackLayer(
  file: string,
  compression: LayerCompression,
  take: (chunk: Buffer) => void,
  damaged: () => never,
): Promise<void> {
  let takeError: unknown;
  const taking = (chunk: Buffer): void => {
    try {
      take(chunk);
    } catch (error) {
      takeError = error;
      throw error;
    }
  };
  try {
    if (compression === 'gzip') await unpackGzip(file, taking, damaged);
    else for await (const chunk of compression === 'zstd' ? unpackedZstd(file, damaged) : read(file)) taking(chunk);
  } catch (error) {
    // Errors of the disk carry the name of a system call; all others are the decompressor's.
    if (error === takeError || error instanceof Refusal || (error instanceof Error && 'syscall' in error)) throw error;
    damaged();
  }
}

const read = (file: string): Readable => createReadStream(file, { highWaterMark: 2 ** 20 });

async function unpackGzip(file: string, take: (chunk: Buffer) => void, damaged: () => never): Promise<void> {
  const gunzip = createGunzip({ chunkSize: 2 ** 20 });
  // pipeline requires the callback; errors reach the loop through the last stream.
  const unpacked = pipeline(read(file), gunzip, () => {});
  for await (const chunk of unpacked) take(chunk);
  // zlib ignores zeros after the end, and everything after them.
  if (gunzip.bytesWritten !== (await stat(file)).size) damaged();
}
