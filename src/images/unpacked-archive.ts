import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { compressionOf, type Compression } from './compression.ts';
import { ZstdFrames } from './layers/zstd-frames.ts';
import { refuse } from './refusal.ts';

const readBytes = 2 ** 20;
/** Four bytes of zstd can become 128 KiB; so much is unpacked before it is looked at. */
const zstdBytes = 2 ** 8;

/** The bytes of an archive, unpacked where it is compressed as a whole, up to `maxBytes` of them. Throws a Refusal. */
export async function* unpackedArchive(path: string, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of unpacked(path, await compressionOf(path))) {
    bytes += chunk.length;
    if (bytes > maxBytes) refuse(`the archive unpacks to more than the ${maxBytes} bytes allowed`);
    yield chunk;
  }
}

function unpacked(path: string, compression: Compression | undefined): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: readBytes });
  if (compression === undefined) return file as AsyncIterable<Buffer>;
  if (compression === 'zstd') return unpackedZstd(file);
  if (compression !== 'gzip')
    refuse(`the archive is compressed with ${compression}; hand in a plain tar, or one compressed with gzip or zstd`);
  // The callback is there because pipeline wants one; the error reaches the loop through the last stream.
  return pipeline(file, createGunzip({ chunkSize: readBytes }), () => {}) as AsyncIterable<Buffer>;
}

async function* unpackedZstd(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacked: Buffer[] = [];
  const frames = new ZstdFrames(() => refuse('the archive is damaged or cut short'));
  const decompress = new Decompress((chunk) => void unpacked.push(Buffer.from(chunk)));
  for await (const chunk of file) {
    for (let at = 0; at < chunk.length; at += zstdBytes) {
      const piece = chunk.subarray(at, at + zstdBytes);
      frames.push(piece);
      decompress.push(piece);
      yield* unpacked.splice(0);
    }
  }
  frames.end();
  decompress.push(new Uint8Array(0), true);
  yield* unpacked;
}
