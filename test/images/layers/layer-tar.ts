/** One entry of a tar, written byte by byte so that any field can be invalid. */
export interface Entry {
  name: string | Buffer;
  type?: string;
  content?: string | Buffer;
  link?: string | Buffer;
  mode?: number;
  uid?: number;
  gid?: number;
  /** The size in the header, if it differs from the content's. */
  size?: number | Buffer;
  prefix?: string;
  magic?: string;
  /** Records of an extended header before the entry. */
  pax?: Record<string, string | Buffer>;
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

/** The header block of an entry. */
export function header(entry: Entry, change: (block: Buffer) => void = () => {}): Buffer {
  const { name, type = '0', content = '', link = '', mode = 0o755, uid = 0, gid = 0 } = entry;
  const { size = Buffer.byteLength(content), prefix = '', magic = 'ustar\x0000' } = entry;
  const block = Buffer.alloc(512);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write(octal(mode, 8) + octal(uid, 8) + octal(gid, 8), 100, 'latin1');
  if (typeof size === 'number') block.write(octal(size, 12), 124, 'latin1');
  else size.copy(block, 124);
  block.write(`${octal(1_583_000_000, 12)}        ${type}`, 136, 'latin1');
  Buffer.from(link).copy(block, 157, 0, 100);
  block.write(magic, 257, 'latin1');
  block.write(prefix, 345, 'latin1');
  change(block);
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
    'latin1',
  );
  return block;
}

/** The records of an extended header. */
export function records(values: Record<string, string | Buffer>): Buffer {
  const parts = Object.entries(values).map(([key, value]) => {
    const bytes = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
    let length = bytes.length + 1;
    while (String(length).length + bytes.length > length) length += 1;
    return Buffer.concat([Buffer.from(String(length)), bytes]);
  });
  return Buffer.concat(parts);
}

/** A layer of entries; Buffers are inserted unchanged. */
export function layer(...entries: (Entry | Buffer)[]): Buffer {
  return Buffer.concat([...entries.map(entryBytes), Buffer.alloc(1024)]);
}

function entryBytes(entry: Entry | Buffer): Buffer {
  if (Buffer.isBuffer(entry)) return entry;
  const extended =
    entry.pax === undefined ? Buffer.alloc(0) : entryBytes({ name: 'pax', type: 'x', content: records(entry.pax) });
  return Buffer.concat([extended, header(entry), padded(Buffer.from(entry.content ?? ''))]);
}

export const folder = (name: string, mode = 0o755): Entry => ({ name, type: '5', mode });
export const link = (name: string, target: string): Entry => ({ name, type: '2', link: target });
export const hardLink = (name: string, target: string): Entry => ({ name, type: '1', link: target });
export const file = (name: string, content: string | Buffer = 'x', mode = 0o755): Entry => ({ name, content, mode });
