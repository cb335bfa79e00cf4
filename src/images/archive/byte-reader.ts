import { refuse } from '../refusal.ts';

/** Reads exact amounts from a stream of chunks of any size. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);
  /** Bytes read so far. */
  position = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** At least one byte and at most `most`; undefined at the end of the stream. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done === true) return undefined;
      this.rest = next.value;
    }
    const piece = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(piece.length);
    this.position += piece.length;
    return piece;
  }

  /** Exactly `bytes` bytes; undefined at the end of the stream. Throws a Refusal when the stream ends in between. */
  async exactly(bytes: number): Promise<Buffer | undefined> {
    const first = await this.some(bytes);
    if (first === undefined || first.length === bytes) return first;
    const pieces = [first];
    for await (const piece of this.pieces(bytes - first.length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Drops the rest of the stream. */
  async drain(): Promise<void> {
    while ((await this.some(Number.MAX_SAFE_INTEGER)) !== undefined);
  }

  /** The next `bytes` bytes, in pieces. Throws a Refusal when there are fewer. */
  async *pieces(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0;) {
      const piece = (await this.some(left)) ?? refuse('the archive is cut short');
      left -= piece.length;
      yield piece;
    }
  }

  /** Drops `bytes` bytes. Throws a Refusal when there are fewer. */
  async skip(bytes: number): Promise<void> {
    for await (const _ of this.pieces(bytes));
  }
}
