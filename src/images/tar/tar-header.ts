import { refuse } from '../refusal.ts';

export const blockBytes = 512;

/** What an entry is, by its type. Readers disagree about `7`, a contiguous file. */
export const entryKinds: Readonly<Record<string, 'file' | 'hard link' | 'symbolic link' | 'folder'>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hard link',
  '2': 'symbolic link',
  '5': 'folder',
};
/** Entries that no image may have, in words. */
export const otherKinds: Readonly<Record<string, string>> = {
  '3': 'a device',
  '4': 'a device',
  '6': 'a named pipe (FIFO)',
  S: 'a sparse file',
};
/** Types of headers whose content describes the next entry. */
export const extensionTypes = ['x', 'g', 'L', 'K'];
/** As Go's reader, which reads no more of one. Real ones have a few hundred bytes. */
export const maxExtensionBytes = 2 ** 20;

/** Bytes of zeros that fill up the last block of a content. */
export const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes;

/** A text field without its NUL and the bytes after it. */
export function upToZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** The fields of a header that affect what is unpacked. Buffers point into the block. */
export interface TarHeader {
  type: string;
  name: Buffer;
  linkName: Buffer;
  mode: number;
  gid: number;
  size: number;
}

/** Undefined for a block of zeros, which ends a tar. `damaged` throws the Refusal for a malformed header. */
export function readHeader(block: Buffer, damaged: () => never): TarHeader | undefined {
  const sums = sumsOf(block);
  if (sums.unsigned === spaces) return undefined;
  const field = (start: number, length: number): number => numberIn(block, start, length, damaged);
  const sum = field(148, 8);
  // Some old tools summed signed bytes.
  if (sum !== sums.unsigned && sum !== sums.signed) damaged();
  const magic = block.toString('latin1', 257, 265);
  const isStandard = magic.startsWith('ustar\0');
  // A reader that takes other bytes here as part of a name would see another file.
  if (!isStandard && magic !== gnuMagic && block.subarray(257).some((byte) => byte !== 0)) damaged();
  if (block.toString('latin1', 508, 512) === 'tar\0')
    refuse('a tar was written by star in a form that readers interpret differently; use GNU tar');
  field(108, 8);
  field(136, 12);
  if (magic !== '\0'.repeat(8)) {
    field(329, 8);
    field(337, 8);
  }
  return {
    type: String.fromCharCode(block[156] ?? 0),
    name: withPrefix(textIn(block, 0, 100), isStandard ? textIn(block, 345, 155) : prefixOfOldGo(block)),
    linkName: textIn(block, 157, 100),
    mode: field(100, 8),
    gid: field(116, 8),
    size: field(124, 12),
  };
}

const gnuMagic = 'ustar  \0';
const space = 0x20;
/** The sum of the eight blanks that stand in for the checksum itself. */
const spaces = 8 * space;

function sumsOf(block: Buffer): { unsigned: number; signed: number } {
  let unsigned = spaces;
  let high = 0;
  for (let at = 0; at < blockBytes; at += 1) {
    if (at === 148) at = 156;
    const byte = block[at] ?? 0;
    unsigned += byte;
    high += byte >>> 7;
  }
  return { unsigned, signed: unsigned - 256 * high };
}

const textIn = (block: Buffer, start: number, length: number): Buffer =>
  upToZero(block.subarray(start, start + length));

const withPrefix = (name: Buffer, prefix: Buffer): Buffer =>
  prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);

/**
 * GNU tar keeps times where other formats have the prefix of a long name. Go before 1.8, and Docker built with it, wrote
 * prefixes there all the same (golang/go#12594); Go's reader, which all engines use, still tells them apart.
 */
function prefixOfOldGo(block: Buffer): Buffer {
  const prefix = textIn(block, 345, 155);
  const first = prefix[0] ?? 0;
  const isTime =
    first >= 0x80 || prefix.subarray(0, 12).every((byte) => (byte >= 0x30 && byte <= 0x37) || byte === space);
  return isTime ? Buffer.alloc(0) : prefix;
}

/** Octal digits surrounded by blanks or NULs, or GNU's binary form for large values. */
function numberIn(block: Buffer, start: number, length: number, damaged: () => never): number {
  let at = start;
  let end = start + length;
  if (((block[at] ?? 0) & 0x80) !== 0) return binaryIn(block, start, length, damaged);
  while (at < end && (block[at] === space || block[at] === 0)) at += 1;
  while (end > at && (block[end - 1] === space || block[end - 1] === 0)) end -= 1;
  let value = 0;
  for (; at < end && block[at] !== 0; at += 1) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) damaged();
    value = value * 8 + digit;
  }
  return value;
}

function binaryIn(block: Buffer, start: number, length: number, damaged: () => never): number {
  const negative = block[start] === 0xff;
  let value = negative ? -1 : (block[start] ?? 0) & 0x7f;
  for (let at = start + 1; at < start + length; at += 1) value = value * 256 + (block[at] ?? 0);
  if (!Number.isSafeInteger(value)) damaged();
  return value;
}
