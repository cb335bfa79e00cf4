import { createReadStream } from 'node:fs';
import { pipeline, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { ZstdFrames } from './zstd-frames.ts';

/** Node has it from 22.15 on; the types are those of Node 20. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Transform };

const chunkBytes = 2 ** 20;
/** In JavaScript, so much is unpacked before others get a turn. */
const turnBytes = 2 ** 14;
/** Four bytes of zstd can become 128 KiB, so this becomes 8 MiB at most. */
const stepBytes = 2 ** 8;

/**
 * The content of a zstd file, in chunks of at most 8 MiB; memory grows with the window alone, 128 MiB at most. `damaged`
 * throws for a file that breaks RFC 8878; what the decompressor finds ends as an error of its own. See docs/adr/0012.
 */
export function unpackedZstd(path: string, damaged: () => never): AsyncIterable<Buffer> {
  return createZstdDecompress === undefined
    ? inJavaScript(path, damaged)
    : (pipeline(
        createReadStream(path, { highWaterMark: chunkBytes }),
        (file: AsyncIterable<Buffer>) => framesOf(file, damaged),
        createZstdDecompress({ chunkSize: chunkBytes }),
        // The callback is there because pipeline wants one; the error reaches the loop through the last stream.
        () => {},
      ) as AsyncIterable<Buffer>);
}

/** No piece holds the end of one frame and the start of the next: Node's decompressor would stop between them. */
async function* framesOf(file: AsyncIterable<Buffer>, damaged: () => never): AsyncGenerator<Buffer> {
  const frames = new ZstdFrames(damaged);
  for await (const chunk of file) yield* frames.cut(chunk);
  frames.end();
}

async function* inJavaScript(path: string, damaged: () => never): AsyncGenerator<Buffer> {
  const unpacked: Buffer[] = [];
  const decompress = new Decompress(({ buffer, byteOffset, byteLength }) =>
    unpacked.push(Buffer.from(buffer, byteOffset, byteLength)),
  );
  const file = createReadStream(path, { highWaterMark: turnBytes }) as AsyncIterable<Buffer>;
  for await (const piece of framesOf(file, damaged)) {
    for (let at = 0; at < piece.length; at += stepBytes) {
      decompress.push(piece.subarray(at, at + stepBytes));
      yield* unpacked.splice(0);
    }
  }
  decompress.push(new Uint8Array(0), true);
  yield* unpacked;
}
