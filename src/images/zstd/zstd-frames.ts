/** The limit of zstd itself without further options: the window determines the reader's memory. */
const maxWindowBytes = 2 ** 27;
/**
 * A frame costs 20 µs however small it is. zstd:chunked writes two per file of a layer, parallel compressors one per few MiB.
 */
const maxFrames = 2 ** 22;
const maxBlockBytes = 2 ** 17;
const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a5;
const dictionaryBytes = [0, 1, 2, 4];
const contentSizeBytes = [0, 2, 4, 8];

/** The next bytes of a stream: a field to read, or bytes to skip. A stream may end only at a `start`. */
interface Step {
  bytes: number;
  kind: 'start' | 'field' | 'skipped';
}

/**
 * Follows the frames of a zstd stream (RFC 8878) without decompressing them. Detects streams that are damaged, cut short,
 * followed by other data or need too much memory, which the decompressor does not check.
 */
export class ZstdFrames {
  private readonly field = Buffer.alloc(14);
  private readonly steps: Generator<Step, never, Buffer>;
  private step: Step;
  private done = 0;

  /** `damaged` throws. */
  constructor(private readonly damaged: () => never) {
    this.steps = frames(damaged);
    this.step = this.steps.next().value;
  }

  /** The pieces of a chunk, cut where frames end. A piece is yielded only once it has been followed to its end. */
  *cut(chunk: Buffer): Generator<Buffer> {
    let from = 0;
    for (let at = 0; at < chunk.length;) {
      const bytes = Math.min(this.step.bytes - this.done, chunk.length - at);
      if (this.step.kind !== 'skipped') chunk.copy(this.field, this.done, at, at + bytes);
      this.done += bytes;
      at += bytes;
      while (this.done === this.step.bytes) {
        this.step = this.steps.next(this.field).value;
        this.done = 0;
      }
      if (at < chunk.length && !this.isBetweenFrames) continue;
      yield chunk.subarray(from, at);
      from = at;
    }
  }

  /** Call it at the end of the stream. */
  end(): void {
    if (!this.isBetweenFrames) this.damaged();
  }

  private get isBetweenFrames(): boolean {
    return this.step.kind === 'start' && this.done === 0;
  }
}

function* frames(damaged: () => never): Generator<Step, never, Buffer> {
  for (let count = 1; ; count += 1) {
    const magic = (yield { bytes: 4, kind: 'start' }).readUInt32LE();
    if (count > maxFrames) damaged();
    if (magic >>> 4 === skippableMagic) {
      const bytes = (yield { bytes: 4, kind: 'field' }).readUInt32LE();
      yield { bytes, kind: 'skipped' };
    } else if (magic === frameMagic) {
      yield* frame(damaged);
    } else {
      damaged();
    }
  }
}

function* frame(damaged: () => never): Generator<Step, void, Buffer> {
  const descriptor = (yield { bytes: 1, kind: 'field' }).readUInt8();
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const windowBytes = isSingleSegment ? 0 : 1;
  const dictionary = dictionaryBytes[descriptor & 3] ?? 0;
  const sizeBytes = contentSizeBytes[descriptor >>> 6] || (isSingleSegment ? 1 : 0);
  const header = yield { bytes: windowBytes + dictionary + sizeBytes, kind: 'field' };
  const window = isSingleSegment ? contentSize(header, dictionary, sizeBytes) : windowSize(header.readUInt8());
  const hasDictionary = header.subarray(windowBytes, windowBytes + dictionary).some((byte) => byte !== 0);
  if ((descriptor & 8) !== 0 || hasDictionary || window > maxWindowBytes) damaged();
  for (let isLast = false; !isLast;) {
    const block = (yield { bytes: 3, kind: 'field' }).readUIntLE(0, 3);
    isLast = (block & 1) !== 0;
    const type = (block >>> 1) & 3;
    if (type === 3 || block >>> 3 > maxBlockBytes) damaged();
    yield { bytes: type === 1 ? 1 : block >>> 3, kind: 'skipped' };
  }
  if ((descriptor & 4) !== 0) yield { bytes: 4, kind: 'skipped' };
}

/** A single-segment frame's window is its content. */
function contentSize(header: Buffer, at: number, bytes: number): number {
  if (bytes === 8) return Number(header.readBigUInt64LE(at));
  return header.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}

const windowSize = (descriptor: number): number => 2 ** (10 + (descriptor >>> 3)) * (1 + (descriptor & 7) / 8);
