import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** A stream whose sha256 is computed while it is read. */
interface HashedStream {
  stream: Readable;
  /** Whether it was read to its end; a reader may stop before. */
  isRead: () => boolean;
  /** Hex; only after it was read to its end. */
  digest: () => string;
}

export function hashedStream(source: Readable): HashedStream {
  const hash = createHash('sha256');
  let isRead = false;
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
    isRead = true;
  };
  return {
    stream: Readable.from(chunks(), { objectMode: false }),
    isRead: () => isRead,
    digest: () => hash.digest('hex'),
  };
}
