import { createReadStream } from 'node:fs';
import { pipeline, type Transform } from 'node:stream';
import { createContext, Script } from 'node:vm';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { ZstdFrames } from './zstd-frames.ts';

/** Node has it from 22.15 on; the types are those of Node 20. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Transform };

const chunkBytes = 2 ** 20;
/** Bytes that the JavaScript decompressor reads before it yields to the event loop. */
const turnBytes = 2 ** 14;
/** Bytes per step: four bytes of zstd can expand to 128 KiB, so a step yields at most 8 MiB. */
const stepBytes = 2 ** 8;

/** Milliseconds. A turn takes some milliseconds; fzstd 0.1.1 never returns from a table of Huffman weights whose states read no bits. */
const longestTurn = 10_000;

/**
 * The content of a zstd file, in chunks of at most 8 MiB; memory depends only on the window, at most 128 MiB. `damaged` throws
 * for a file that violates RFC 8878; the decompressor throws its own errors. See docs/adr/0012.
 */
export function unpackedZstd(path: string, damaged: () => never): AsyncIterable<Buffer> {
  return createZstdDecompress === undefined
    ? inJavaScript(path, damaged)
    : (pipeline(
        createReadStream(path, { highWaterMark: chunkBytes }),
        (file: AsyncIterable<Buffer>) => framesOf(file, damaged),
        createZstdDecompress({ chunkSize: chunkBytes }),
        // pipeline requires the callback; errors reach the loop through the last stream.
        () => {},
      ) as AsyncIterable<Buffer>);
}

/** No piece spans two frames: Node's decompressor would stop between them. */
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
  const inTime = timeLimit(damaged);
  for await (const piece of framesOf(file, damaged)) {
    for (let at = 0; at < piece.length;) {
      inTime(() => {
        for (; at < piece.length && unpacked.length === 0; at += stepBytes) {
          decompress.push(piece.subarray(at, at + stepBytes));
        }
      });
      yield* unpacked.splice(0);
    }
  }
  inTime(() => decompress.push(new Uint8Array(0), true));
  yield* unpacked;
}

/** Calls a function that may never return; after {@link longestTurn} it is ended, and the file counts as damaged. */
function timeLimit(damaged: () => never): (turn: () => void) => void {
  const context = createContext({ turn: (): void => undefined });
  const script = new Script('turn()');
  return (turn) => {
    context['turn'] = turn;
    try {
      script.runInContext(context, { timeout: longestTurn });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') damaged();
      throw error;
    }
  };
}
