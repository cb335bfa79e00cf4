const cap = 512 * 1024;
const tailTextCap = 16 * 1024;

/** Accepts any amount of output and keeps its first and last 512 KiB, so that a submission may print for hours. */
export class HeadAndTail {
  private readonly head = Buffer.alloc(cap);
  /** A ring buffer: byte `n` after the head is at `n % cap`. */
  private readonly ring = Buffer.alloc(cap);
  private headBytes = 0;
  private ringBytes = 0;

  write(chunk: Buffer): void {
    const toHead = chunk.copy(this.head, this.headBytes, 0, Math.min(chunk.length, cap - this.headBytes));
    this.headBytes += toHead;
    const rest = chunk.subarray(toHead);
    const kept = rest.subarray(Math.max(0, rest.length - cap));
    const start = (this.ringBytes + rest.length - kept.length) % cap;
    const beforeWrap = kept.copy(this.ring, start);
    kept.copy(this.ring, 0, beforeWrap);
    this.ringBytes += rest.length;
  }

  /** Bytes written. */
  get bytes(): number {
    return this.headBytes + this.ringBytes;
  }

  /** Bytes kept, without the line about the gap. */
  get keptBytes(): number {
    return this.headBytes + Math.min(this.ringBytes, cap);
  }

  /** Head and tail; if bytes were dropped, a line between them says how many. */
  content(): Buffer {
    const dropped = this.bytes - this.keptBytes;
    const gap = dropped === 0 ? '' : `\n--- holdout: ${dropped} bytes dropped ---\n`;
    return Buffer.concat([this.head.subarray(0, this.headBytes), Buffer.from(gap), this.tail()]);
  }

  /** The last whole lines as text, at most 16 KiB of UTF-8, invalid bytes replaced. */
  tailText(): string {
    const kept = this.ringBytes === 0 ? this.head.subarray(0, this.headBytes) : this.content();
    let text = kept.subarray(-tailTextCap).toString('utf8');
    if (kept.length > tailTextCap) text = text.slice(text.indexOf('\n') + 1);
    // A replaced byte is longer than the byte was.
    while (Buffer.byteLength(text) > tailTextCap) text = text.slice(Math.ceil(text.length / 4));
    return text;
  }

  private tail(): Buffer {
    if (this.ringBytes <= cap) return this.ring.subarray(0, this.ringBytes);
    const oldest = this.ringBytes % cap;
    return Buffer.concat([this.ring.subarray(oldest), this.ring.subarray(0, oldest)]);
  }
}
