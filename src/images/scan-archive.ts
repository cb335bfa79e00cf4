import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type ExtractEvents } from 'tar-stream';
import { quoted } from '../safe-text.ts';
import { checkEntryName } from './entry-name.ts';
import { Refusal, refuse } from './refusal.ts';

/** What the outer tar of a handed-in image holds, by name without `./`. Folders are left out. */
export interface ScannedArchive {
  files: Map<string, ScannedFile>;
  /** Symbolic links and where they point to, as written. */
  links: Map<string, string>;
}

export interface ScannedFile {
  bytes: number;
  /** Hex. */
  sha256: string;
  /** The content, when it looks like JSON and is at most {@link jsonBytes} long. */
  json?: Buffer;
}

/** Cap on one manifest or configuration; real ones have some kilobytes. */
export const jsonBytes = 4 * 2 ** 20;
const allJsonBytes = 8 * jsonBytes;
const maxEntries = 10_000;

/**
 * Reads the whole outer tar once, in constant memory, before any unpacker sees it: sizes, names and types are checked,
 * every file is hashed. `maxBytes` holds for the file and, when it is gzipped, for what it unpacks to. Throws a Refusal.
 */
export async function scanArchive(path: string, maxBytes: number): Promise<ScannedArchive> {
  if ((await stat(path)).size > maxBytes) refuse(`the archive is larger than the ${maxBytes} bytes allowed`);
  const bytes = Readable.from(unpacked(path, await compressionOf(path), maxBytes), { objectMode: false });
  const entries = extract();
  bytes.on('error', (error) => entries.destroy(error)).pipe(entries);
  const found: ScannedArchive = { files: new Map(), links: new Map() };
  const budget = { entries: maxEntries, json: allJsonBytes };
  try {
    for await (const entry of entries) {
      if ((budget.entries -= 1) < 0) refuse(`the archive has more than ${maxEntries} entries`);
      await take(entry, found, budget);
    }
  } catch (error) {
    // A disk that fails is no fault of the archive: such errors carry the name of a system call.
    if (error instanceof Refusal || (error instanceof Error && 'syscall' in error)) throw error;
    refuse(`the archive is damaged or cut short: ${error instanceof Error ? error.message : 'unreadable'}`);
  } finally {
    bytes.destroy();
  }
  return found;
}

type Entry = ExtractEvents['entry'][1];

async function take(entry: Entry, found: ScannedArchive, budget: { json: number }): Promise<void> {
  const { type, linkname, size } = entry.header;
  const name = checkEntryName(entry.header.name);
  if (found.files.has(name) || found.links.has(name)) refuse(`the archive has two entries named ${quoted(name)}`);
  if (type === 'symlink') found.links.set(name, linkname);
  else if (type === 'file') {
    const file = await takeFile(entry, size);
    if ((budget.json -= file.json?.length ?? 0) < 0) refuse(`the archive has more than ${allJsonBytes} bytes of JSON`);
    found.files.set(name, file);
    return;
  } else if (type !== 'directory') {
    refuse(
      `the archive entry ${quoted(name)} is of type ${quoted(type ?? 'unknown')}; only files and folders may be in it`,
    );
  }
  entry.resume();
}

async function takeFile(entry: Entry, bytes: number): Promise<ScannedFile> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let keep = bytes <= jsonBytes;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    if (kept.length === 0) keep &&= /^\s*[[{]/.test(chunk.toString('latin1', 0, 64));
    if (keep) kept.push(chunk);
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest('hex'), ...(keep && { json: Buffer.concat(kept) }) };
}

type Compression = 'none' | 'gzip';

/** By the first bytes, whatever the file is called. Throws a Refusal for a compression other than gzip. */
export async function compressionOf(path: string): Promise<Compression> {
  const file = await open(path);
  const start = Buffer.alloc(6);
  try {
    await file.read(start);
  } finally {
    await file.close();
  }
  if (start.toString('hex').startsWith('1f8b')) return 'gzip';
  for (const [magic, name] of Object.entries(otherCompressions)) {
    if (start.toString('hex').startsWith(magic))
      refuse(`the archive is compressed with ${name}; hand in a plain tar or a gzipped one`);
  }
  return 'none';
}

const otherCompressions = { '28b52ffd': 'zstd', fd377a585a00: 'xz', '425a68': 'bzip2', '504b0304': 'zip' };

async function* unpacked(path: string, compression: Compression, maxBytes: number): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  // The callback is there because pipeline wants one; the error reaches the loop through the last stream.
  const stream = compression === 'gzip' ? pipeline(file, createGunzip({ chunkSize: 2 ** 18 }), () => {}) : file;
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) refuse(`the archive unpacks to more than the ${maxBytes} bytes allowed`);
    yield chunk;
  }
}
