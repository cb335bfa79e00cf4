import { refuse } from '../refusal.ts';
import { checkGlobalHeader, readExtendedHeader, type ExtendedHeader } from './extended-header.ts';
import { blockBytes, readHeader, type TarHeader } from '../tar/tar-header.ts';

/** An entry of a layer. Its buffers are only good until the reader goes on. */
export interface LayerEntry {
  type: 'file' | 'folder' | 'hard-link' | 'link';
  name: Buffer;
  /** Of links. */
  target: Buffer;
  mode: number;
  uid: number;
  gid: number;
  /** The first bytes of an executable file. */
  start: Buffer;
}

const types: Readonly<Record<string, LayerEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hard-link',
  '2': 'link',
  '5': 'folder',
};
/** Types of headers whose content belongs to the entry after them; Go reads no more of one. */
const headersOfNext = ['x', 'g', 'L', 'K'];
const maxHeaderContent = 2 ** 20;
const maxEntries = 2_000_000;
/** Largest size that fits into a header's own field. */
const largestOctal = 8 ** 11 - 1;
const slash = 0x2f;
const startBytes = 256;
const nothing = Buffer.alloc(0);

/** What the headers before an entry say of it. */
interface Announced {
  extended?: ExtendedHeader;
  longName?: Buffer;
  longLink?: Buffer;
}

/**
 * Reads a tar of any kind that tools write (v7, ustar, GNU, PAX) from chunks of any size and gives its entries to `take`. It
 * reads as Go's archive/tar does, which all engines use, and refuses what other readers take in another way. What comes
 * after the end of a tar is nobody's business. Throws a Refusal.
 */
export class LayerReader {
  /** Entries so far, with the one that is being read. */
  entries = 0;
  private readonly block = Buffer.alloc(blockBytes);
  private filled = 0;
  /** Content that is passed over. */
  private skip = 0;
  private content: { bytes: Buffer; filled: number; done: (bytes: Buffer) => void } | undefined;
  private announced: Announced = {};
  private zeroBlocks = 0;

  constructor(private readonly take: (entry: LayerEntry) => void) {}

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.zeroBlocks < 2) {
      const left = chunk.length - at;
      if (this.content !== undefined) {
        at += this.fillContent(chunk.subarray(at));
      } else if (this.skip > 0) {
        const passed = Math.min(this.skip, left);
        this.skip -= passed;
        at += passed;
      } else if (this.filled === 0 && left >= blockBytes) {
        this.header(chunk.subarray(at, at + blockBytes));
        at += blockBytes;
      } else {
        const copied = chunk.copy(this.block, this.filled, at, at + blockBytes - this.filled);
        this.filled += copied;
        at += copied;
        if (this.filled < blockBytes) continue;
        this.filled = 0;
        this.header(this.block);
      }
    }
  }

  /** False while an entry is not complete. */
  get isWhole(): boolean {
    const isBetween = this.content === undefined && this.skip === 0 && this.filled === 0;
    return this.zeroBlocks === 2 || (isBetween && !this.isAnnounced);
  }

  private get isAnnounced(): boolean {
    return Object.keys(this.announced).length > 0;
  }

  private fillContent(chunk: Buffer): number {
    const content = this.content;
    if (content === undefined) return 0;
    const copied = chunk.copy(content.bytes, content.filled);
    content.filled += copied;
    if (content.filled === content.bytes.length) {
      this.content = undefined;
      content.done(content.bytes);
    }
    return copied;
  }

  private header(block: Buffer): void {
    const header = readHeader(block, damaged);
    if (header === undefined) {
      this.zeroBlocks += 1;
      return;
    }
    if (this.zeroBlocks > 0 || header.size < 0) damaged();
    if (!this.isAnnounced) this.entries += 1;
    if (this.entries > maxEntries) refuse(`a layer has more than ${maxEntries} entries`);
    if (headersOfNext.includes(header.type)) this.headerOfNext(header);
    else this.entry(header);
  }

  private headerOfNext({ type, size }: TarHeader): void {
    if (size > maxHeaderContent) damaged();
    const { extended, longName, longLink } = this.announced;
    const again = {
      x: extended ?? longName ?? longLink,
      g: undefined,
      L: extended ?? longName,
      K: extended ?? longLink,
    };
    if (again[type as keyof typeof again] !== undefined)
      refuse('a layer has an entry with two headers that say its name');
    this.read(size, size, (bytes) => {
      if (type === 'g') checkGlobalHeader(bytes, damaged);
      else if (type === 'x') this.announced.extended = readExtendedHeader(bytes, damaged);
      else this.announced[type === 'L' ? 'longName' : 'longLink'] = upToZero(bytes);
    });
  }

  private entry(header: TarHeader): void {
    const { extended, longName, longLink } = this.announced;
    this.announced = {};
    const name = longName ?? extended?.path ?? header.name;
    const type = this.typeOf(header.type, name);
    const size = extended?.size ?? header.size;
    if (size !== header.size && header.size !== 0 && size <= largestOctal) {
      refuse('a layer has an entry with two different sizes');
    }
    // Readers differ in whether such an entry has content.
    if (type !== 'file' && size !== 0) refuse('a layer has a folder or link with content of its own');
    if (type === 'link' && extended?.hasUserAttributes === true) refuse('a layer has a link with attributes of a file');
    const entry: LayerEntry = {
      type,
      name,
      target: longLink ?? extended?.linkpath ?? header.linkName,
      mode: header.mode,
      uid: extended?.uid ?? header.uid,
      gid: extended?.gid ?? header.gid,
      start: nothing,
    };
    const wanted = type === 'file' && (header.mode & 0o111) !== 0 ? Math.min(size, startBytes) : 0;
    if (wanted > 0) {
      const kept = { ...entry, name: Buffer.from(name) };
      this.read(size, wanted, (start) => this.take({ ...kept, start }));
    } else {
      this.skip = padded(size);
      this.take(entry);
    }
  }

  /** Keeps the first `wanted` bytes of a content. */
  private read(size: number, wanted: number, done: (bytes: Buffer) => void): void {
    const finish = (bytes: Buffer): void => {
      this.skip = padded(size) - wanted;
      done(bytes);
    };
    if (wanted === 0) finish(nothing);
    else this.content = { bytes: Buffer.alloc(wanted), filled: 0, done: finish };
  }

  private typeOf(written: string, name: Buffer): LayerEntry['type'] {
    const type = types[written];
    if (type === undefined) {
      const what = { '3': 'a device', '4': 'a device', '6': 'a named pipe (FIFO)', S: 'a sparse file' }[written];
      refuse(`a layer has ${what ?? 'an entry of an unknown type'}; only files, folders and links may be in an image`);
    }
    if (type !== 'file' || name[name.length - 1] !== slash) return type;
    // The oldest tars have no type for folders.
    if (written === '\0') return 'folder';
    return refuse('a layer has a file whose name ends with a slash');
  }
}

const damaged = (): never => refuse('a layer is not a sound tar: it is damaged, encrypted or of another format');

const padded = (size: number): number => Math.ceil(size / blockBytes) * blockBytes;

function upToZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}
