import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { ZstdFrames } from './layers/zstd-frames.ts';
import { refuse } from './refusal.ts';

/** By the first bytes, whatever the file is called. */
const compressions: readonly (readonly [magic: string, name: string])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['fd377a585a00', 'xz'],
  ['425a68', 'bzip2'],
  ['504b0304', 'zip'],
];
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

function unpacked(path: string, compression: string | undefined): AsyncIterable<Buffer> {
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

async function compressionOf(path: string): Promise<string | undefined> {
  const start = Buffer.alloc(6);
  const file = await open(path);
  try {
    await file.read(start);
  } finally {
    await file.close();
  }
  return compressions.find(([magic]) => start.toString('hex').startsWith(magic))?.[1];
}
