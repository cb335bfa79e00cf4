import { open } from 'node:fs/promises';

export type Compression = 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'zip';

const magics: readonly (readonly [magic: string, Compression])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['fd377a585a00', 'xz'],
  ['425a68', 'bzip2'],
  ['504b0304', 'zip'],
];

/** How a file is compressed, by its first bytes and regardless of name and media type; undefined when it is not. */
export async function compressionOf(file: string): Promise<Compression | undefined> {
  const start = Buffer.alloc(6);
  const handle = await open(file);
  try {
    await handle.read(start);
  } finally {
    await handle.close();
  }
  return magics.find(([magic]) => start.toString('hex').startsWith(magic))?.[1];
}
