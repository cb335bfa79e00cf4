/** An entry as bytes, for headers that no library writes: `type` is its flag, `size` the size in the header, in base 256 if it is below zero. */
export function rawEntry(
  type: string,
  name: string,
  content: string | Buffer = '',
  {
    link = '',
    size = Buffer.byteLength(content),
    magic = 'ustar  \0',
  }: { link?: string; size?: number; magic?: string } = {},
): Buffer {
  const header = Buffer.alloc(512);
  header.write(name.slice(0, 100), 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size < 0) header.fill(0xff, 124, 132).writeInt32BE(size, 132);
  else header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(type, 156);
  header.write(link, 157);
  header.write(magic, 257, 'latin1');
  header.write('        ', 148);
  const sum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.from(content);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** The records of an extended header, with correct lengths. */
export const paxOf = (records: Record<string, string>): string =>
  Object.entries(records)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      let length = rest + String(rest).length;
      if (rest + String(length).length !== length) length = rest + String(length).length;
      return `${length} ${key}=${value}\n`;
    })
    .join('');

/** The entries of a tar without its end mark. */
export const unended = (tar: Buffer): Buffer => tar.subarray(0, -1_024);
