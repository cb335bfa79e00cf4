import { maxLayerEntries } from './layer-limits.ts';
import { refuse } from '../refusal.ts';
import { checkGlobalHeader, readExtendedHeader, type ExtendedHeader } from './extended-header.ts';
import {
  blockBytes,
  entryKinds,
  extensionTypes,
  maxExtensionBytes,
  otherKinds,
  paddingOf,
  readHeader,
  upToZero,
  type TarHeader,
} from '../tar/tar-header.ts';

/** An entry of a layer. Its buffers are valid only until the reader continues. */
export interface LayerEntry {
  type: 'file' | 'folder' | 'hard link' | 'symbolic link';
  name: Buffer;
  /** The target of a link. */
  target: Buffer;
  mode: number;
  gid: number;
  /** The first bytes of an executable file. */
  start: Buffer;
}

/** Largest size that fits into a header's own field. */
const largestOctal = 8 ** 11 - 1;
const slash = 0x2f;
const startBytes = 256;
const nothing = Buffer.alloc(0);

/** Values for the next entry from the extension headers before it. */
interface Extensions {
  extended?: ExtendedHeader;
  longName?: Buffer;
  longLink?: Buffer;
}

/**
 * Reads a layer's tar in any format that tools write (v7, ustar, GNU, PAX) from chunks of any size and passes its entries to
 * `take`. It reads as Go's archive/tar does, which all engines use, and throws a Refusal for whatever other readers
 * interpret differently. Bytes after the end of the tar are ignored. It is synchronous and pushed to, because layers have
 * hundreds of thousands of entries whose content is not needed; an archive's entries come from `archiveEntries`.
 */
export class LayerReader {
  /** Number of entries so far, including the one that is being read. */
  entries = 0;
  private readonly block = Buffer.alloc(blockBytes);
  private filled = 0;
  /** Bytes of content still to be skipped. */
  private skip = 0;
  /** The start of a content that is being collected. */
  private wanted: { bytes: Buffer; filled: number; done: (bytes: Buffer) => void } | undefined;
  private extensions: Extensions = {};
  private zeroBlocks = 0;

  constructor(private readonly take: (entry: LayerEntry) => void) {}

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.zeroBlocks < 2) {
      const left = chunk.length - at;
      if (this.wanted !== undefined) {
        at += this.fillWanted(chunk.subarray(at));
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
    const isBetween = this.wanted === undefined && this.skip === 0 && this.filled === 0;
    return this.zeroBlocks === 2 || (isBetween && !this.hasExtensions);
  }

  private get hasExtensions(): boolean {
    return Object.keys(this.extensions).length > 0;
  }

  private fillWanted(chunk: Buffer): number {
    const wanted = this.wanted;
    if (wanted === undefined) return 0;
    const copied = chunk.copy(wanted.bytes, wanted.filled);
    wanted.filled += copied;
    if (wanted.filled === wanted.bytes.length) {
      this.wanted = undefined;
      wanted.done(wanted.bytes);
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
    if (!this.hasExtensions) this.entries += 1;
    if (this.entries > maxLayerEntries) refuse(`a layer has more than ${maxLayerEntries} entries`);
    if (extensionTypes.includes(header.type)) this.extension(header);
    else this.entry(header);
  }

  private extension({ type, size }: TarHeader): void {
    if (size > maxExtensionBytes) damaged();
    const { extended, longName, longLink } = this.extensions;
    const again = {
      x: extended ?? longName ?? longLink,
      g: undefined,
      L: extended ?? longName,
      K: extended ?? longLink,
    };
    if (again[type as keyof typeof again] !== undefined)
      refuse('a layer has an entry with two headers that give its name');
    this.read(size, size, (bytes) => {
      if (type === 'g') checkGlobalHeader(bytes, damaged);
      else if (type === 'x') this.extensions.extended = readExtendedHeader(bytes, damaged);
      else this.extensions[type === 'L' ? 'longName' : 'longLink'] = upToZero(bytes);
    });
  }

  private entry(header: TarHeader): void {
    const { extended, longName, longLink } = this.extensions;
    this.extensions = {};
    const name = longName ?? extended?.path ?? header.name;
    const type = this.typeOf(header.type, name);
    const size = extended?.size ?? header.size;
    if (size !== header.size && header.size !== 0 && size <= largestOctal) {
      refuse('a layer has an entry with two different sizes');
    }
    // Readers disagree whether such an entry has content.
    if (type !== 'file' && size !== 0) refuse('a layer has a folder or link with content of its own');
    if (type === 'symbolic link' && extended?.hasUserAttributes === true)
      refuse('a layer has a link with attributes of a file');
    const entry: LayerEntry = {
      type,
      name,
      target: longLink ?? extended?.linkpath ?? header.linkName,
      mode: header.mode,
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

  /** Collects the first `wanted` bytes of a content. */
  private read(size: number, wanted: number, done: (bytes: Buffer) => void): void {
    const finish = (bytes: Buffer): void => {
      this.skip = padded(size) - wanted;
      done(bytes);
    };
    if (wanted === 0) finish(nothing);
    else this.wanted = { bytes: Buffer.alloc(wanted), filled: 0, done: finish };
  }

  private typeOf(written: string, name: Buffer): LayerEntry['type'] {
    const type = entryKinds[written];
    if (type === undefined) {
      const what = otherKinds[written] ?? 'an entry of an unknown type';
      refuse(`a layer has ${what}; an image may contain only files, folders and links`);
    }
    if (type !== 'file' || name[name.length - 1] !== slash) return type;
    // The oldest tar format has no type for folders.
    if (written === '\0') return 'folder';
    return refuse('a layer has a file whose name ends with a slash');
  }
}

const damaged = (): never => refuse('a layer is not a valid tar: it is damaged, encrypted or in another format');

const padded = (size: number): number => size + paddingOf(size);
