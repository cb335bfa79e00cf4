import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Refusal } from '../refusal.ts';
import { unpackedZstd } from '../zstd/unpacked-zstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

const magics: readonly (readonly [magic: string, name: string])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['fd377a585a00', 'xz'],
  ['425a68', 'bzip2'],
  ['504b0304', 'zip'],
];
const chunkBytes = 2 ** 20;

/** How a file is compressed, by its first bytes and regardless of name and media type. `unsupported` throws for other ways. */
export async function compressionOf(file: string, unsupported: (name: string) => never): Promise<Compression> {
  const start = Buffer.alloc(6);
  const handle = await open(file);
  try {
    await handle.read(start);
  } finally {
    await handle.close();
  }
  const name = magics.find(([magic]) => start.toString('hex').startsWith(magic))?.[1] ?? 'none';
  return name === 'none' || name === 'gzip' || name === 'zstd' ? name : unsupported(name);
}

/**
 * The decompressed content of a file. `damaged` throws the Refusal for a file that is cut short or has wrong checksums; a
 * failing disk throws its own error. zlib ignores zeros after the end, and everything after them: with `exact` such a file is
 * damaged too.
 */
export async function* unpackedFile(
  file: string,
  compression: Compression,
  { damaged, exact = false }: { damaged: () => never; exact?: boolean },
): AsyncGenerator<Buffer> {
  try {
    if (compression === 'zstd') return yield* unpackedZstd(file, damaged);
    const read = createReadStream(file, { highWaterMark: chunkBytes });
    if (compression === 'none') return yield* read;
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    // pipeline requires the callback; errors reach the loop through the last stream.
    yield* pipeline(read, gunzip, () => {});
    if (exact && gunzip.bytesWritten !== (await stat(file)).size) damaged();
  } catch (error) {
    // Errors of the disk carry the name of a system call; all others are the decompressor's.
    if (error instanceof Refusal || (error instanceof Error && 'syscall' in error)) throw error;
    damaged();
  }
}
