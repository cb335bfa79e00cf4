/** Bytes of a tar's header; contents are padded to a multiple of it. */
export const blockBytes = 512;

/** A header block as it stands; extended headers before it may say otherwise. */
export interface TarHeader {
  name: string;
  linkName: string;
  /** The type flag, one character. */
  type: string;
  bytes: number;
}

/**
 * Reads a ustar, GNU or old tar header: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html. Undefined for
 * a block whose checksum or size is none.
 */
export function parseHeader(block: Buffer): TarHeader | undefined {
  const bytes = numberIn(block, 124, 12);
  if (numberIn(block, 148, 8) !== checksumOf(block) || bytes === undefined) return undefined;
  // GNU tar keeps other things where ustar has the prefix of the name.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? textIn(block, 345, 155) : '';
  const name = textIn(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textIn(block, 157, 100),
    type: String.fromCharCode(block[156] ?? 0),
    bytes,
  };
}

/** The sum of all bytes with the checksum's own taken as blanks. */
function checksumOf(block: Buffer): number {
  let sum = 8 * 32;
  for (let at = 0; at < blockBytes; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

function textIn(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

/** Octal digits or, with the highest bit set, a big-endian number of up to 2^53. */
function numberIn(block: Buffer, at: number, length: number): number | undefined {
  if (block[at] === 0x80) {
    const value = block.subarray(at + 1, at + length).reduce((value, byte) => value * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(block.toString('latin1', at, at + length).replace(/\0.*$/s, ''));
  return digits === null ? undefined : Number.parseInt(digits[1] || '0', 8);
}
