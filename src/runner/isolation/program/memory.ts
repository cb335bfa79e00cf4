/** Where a program has its memory. All addresses are below 2 GiB, so that instructions can name them. */
const base = 0x1000_0000;
const [slotCount, textBytes] = [512, 64 * 1024];

/** A slot that no instruction has written: an attack that was not tried must not look like one that returned 0. */
const untouched = 0x5a5a_5a5a_5a5a_5a5an;

/** An eight-byte place for a number. */
export interface Slot {
  readonly slot: number;
}

/** A region that the program fills from a file; its `end` slot holds the address behind the last byte. */
export interface TextRegion {
  readonly at: number;
  readonly bytes: number;
  readonly end: Slot;
}

/**
 * The memory of a program: slots and texts, which together are its report, and constants behind them. Allocates while the
 * program is written and decodes the report afterwards.
 */
export class ProgramMemory {
  private slots = 0;
  private texts = 0;
  private readonly constants: Buffer[] = [];
  private constantBytes = 0;

  readonly base = base;
  readonly reportBytes = slotCount * 8 + textBytes;

  slot(): Slot {
    if (this.slots === slotCount) throw new RangeError('a program has at most 512 slots');
    return { slot: base + 8 * this.slots++ };
  }

  text(bytes: number): TextRegion {
    if (this.texts + bytes > textBytes) throw new RangeError('the texts of a program have at most 64 KiB');
    const at = base + slotCount * 8 + this.texts;
    this.texts += bytes;
    return { at, bytes, end: this.slot() };
  }

  /** The address of these bytes. */
  constant(content: Buffer): number {
    const at = base + this.reportBytes + this.constantBytes;
    this.constants.push(content);
    this.constantBytes += content.length;
    return at;
  }

  /** The address of a path, with the zero byte that ends it. */
  path(name: string): number {
    return this.constant(Buffer.from(`${name}\0`));
  }

  /** The memory as the program finds it. */
  image(): Buffer {
    const slots = Buffer.alloc(slotCount * 8);
    for (let n = 0; n < slotCount; n += 1) slots.writeBigUInt64LE(untouched, 8 * n);
    return Buffer.concat([slots, Buffer.alloc(textBytes), ...this.constants]);
  }

  /** The number in a slot of a report; undefined if no instruction has written it. */
  numberIn(report: Buffer, { slot }: Slot): number | undefined {
    const value = report.readBigInt64LE(slot - base);
    return value === untouched ? undefined : Number(value);
  }

  /** The text in a region of a report; undefined if it could not be read or did not fit. */
  textIn(report: Buffer, { at, bytes, end }: TextRegion): string | undefined {
    const length = (this.numberIn(report, end) ?? 0) - at;
    if (length <= 0 || length >= bytes) return undefined;
    return report.toString('latin1', at - base, at - base + length);
  }
}
