import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { compressionOf, type Compression } from './compression.ts';
import { refuse } from '../refusal.ts';
import { unpackedZstd } from '../zstd/unpacked-zstd.ts';

const readBytes = 2 ** 20;

/** The bytes of an archive, decompressed if it is compressed as a whole. Throws a Refusal for more than `maxBytes`. */
export async function* unpackedArchive(path: string, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of unpacked(path, await compressionOf(path))) {
    bytes += chunk.length;
    if (bytes > maxBytes) refuse(`the archive unpacks to more than the ${maxBytes} bytes allowed`);
    yield chunk;
  }
}

function unpacked(path: string, compression: Compression | undefined): AsyncIterable<Buffer> {
  if (compression === undefined) return read(path);
  if (compression === 'zstd') return unpackedZstd(path, () => refuse('the archive is damaged or cut short'));
  if (compression !== 'gzip')
    refuse(`the archive is compressed with ${compression}; hand in a plain tar, or one compressed with gzip or zstd`);
  // pipeline requires the callback; errors reach the loop through the last stream.
  return pipeline(read(path), createGunzip({ chunkSize: readBytes }), () => {});
}

const read = (path: string): Readable => createReadStream(path, { highWaterMark: readBytes });
