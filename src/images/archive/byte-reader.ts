import { refuse } from '../refusal.ts';

/** Reads exact amounts from a stream of chunks of any size. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

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
    return piece;
  }

  /** Exactly `bytes` bytes; undefined at the end of the stream. Throws a Refusal when the stream ends in between. */
  async exactly(bytes: number): Promise<Buffer | undefined> {
    const first = await this.some(bytes);
    if (first === undefined || first.length === bytes) return first;
    const whole = Buffer.alloc(bytes);
    let filled = first.copy(whole);
    while (filled < bytes) filled += (await this.needed(bytes - filled)).copy(whole, filled);
    return whole;
  }

  /** As {@link some}; throws a Refusal at the end of the stream. */
  async needed(most: number): Promise<Buffer> {
    return (await this.some(most)) ?? refuse('the archive is cut short');
  }

  /** Drops the rest of the stream. */
  async drain(): Promise<void> {
    while ((await this.some(Number.MAX_SAFE_INTEGER)) !== undefined);
  }

  /** Drops `bytes` bytes. Throws a Refusal when there are fewer. */
  async skip(bytes: number): Promise<void> {
    for (let left = bytes; left > 0;) left -= (await this.needed(left)).length;
  }
}
