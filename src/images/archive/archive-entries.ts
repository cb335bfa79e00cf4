import { blockBytes, readHeader, type TarHeader } from '../tar/tar-header.ts';
import { refuse } from '../refusal.ts';
import { ByteReader } from './byte-reader.ts';
import { parsePax, type PaxRecords } from '../tar/pax-records.ts';

/** An entry of a tar. `place` names it without a word of its own: `entry 3 of the archive`. */
export interface ArchiveEntry {
  place: string;
  /** As written. */
  name: string;
  kind: 'file' | 'folder' | 'symbolic link' | 'hard link';
  /** Of a link, as written. */
  target: string;
  bytes: number;
  /** The content, which must be read before the next entry is asked for; what is left of it is skipped. */
  content: AsyncIterable<Buffer>;
}

const kinds: Readonly<Record<string, ArchiveEntry['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hard link',
  '2': 'symbolic link',
  '5': 'folder',
};
const otherTypes: Readonly<Record<string, string>> = {
  '3': 'a device',
  '4': 'a device',
  '6': 'a FIFO',
  S: 'a sparse file',
};
/** Real ones have some hundred bytes; xattrs make them larger. */
const maxHeaderBytes = 2 ** 20;
/** Before one entry: a global one, an extended one, and two of GNU tar for its long name and target. */
const maxHeaders = 4;

/**
 * Reads a tar as a stream up to its end mark, or the end of the stream where it has none. What follows the mark counts for
 * nothing, but is read, so that a stream that cannot be unpacked to its end is found out. Stricter than tar programs: where two of them read different things, it refuses. Throws a Refusal.
 */
export async function* archiveEntries(chunks: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry> {
  const reader = new ByteReader(chunks);
  let said: PaxRecords = {};
  let headers = 0;
  for (let count = 1; ;) {
    const place = `entry ${count} of the archive`;
    const block = await reader.exactly(blockBytes);
    if (block === undefined) return;
    const header = readHeader(block, () => refuse(`${place} cannot be read: the archive is damaged or no tar`));
    if (header === undefined) return reader.drain();
    if (header.size < 0) refuse(`${place} has a damaged header`);
    const extension = await extensionIn(reader, header, place);
    if (extension !== undefined) {
      if ((headers += 1) > maxHeaders) refuse(`${place} has more than ${maxHeaders} headers`);
      said = { ...said, ...extension };
      continue;
    }
    const entry = entryOf(header, said, place);
    said = {};
    headers = 0;
    count += 1;
    const content = new Content(reader, entry.bytes);
    yield { ...entry, content };
    await content.finish();
  }
}

/** What a header says about the entry after it; undefined for the header of an entry. */
async function extensionIn(reader: ByteReader, header: TarHeader, place: string): Promise<PaxRecords | undefined> {
  if (!['x', 'g', 'L', 'K'].includes(header.type)) return undefined;
  if (header.size > maxHeaderBytes) refuse(`${place} has a header of more than ${maxHeaderBytes} bytes`);
  const content = (await reader.exactly(header.size)) ?? Buffer.alloc(0);
  if (content.length < header.size) refuse('the archive is cut short');
  await reader.skip(paddingOf(header.size));
  if (header.type === 'L') return { path: content.toString('utf8').replace(/\0.*$/s, '') };
  if (header.type === 'K') return { linkpath: content.toString('utf8').replace(/\0.*$/s, '') };
  const records = parsePax(content, place);
  if (header.type === 'x') return records;
  if (Object.keys(records).length > 0) refuse(`${place} follows a header that gives all entries one name or size`);
  return {};
}

function entryOf(
  { name, linkName, type, size: bytes }: TarHeader,
  said: PaxRecords,
  place: string,
): Omit<ArchiveEntry, 'content'> {
  const known =
    kinds[type] ??
    refuse(`${place} is ${otherTypes[type] ?? 'of an unknown type'}; only files and folders belong there`);
  const path = said.path || name.toString('utf8');
  // Before folders had a type, a closing slash made one.
  const kind = known === 'file' && path.endsWith('/') ? 'folder' : known;
  const size = said.size === undefined ? bytes : (sizeIn(said.size) ?? refuse(`${place} has a damaged header`));
  if (kind !== 'file' && size > 0) refuse(`${place} is a ${kind} with content`);
  return { place, name: path, kind, target: said.linkpath || linkName.toString('utf8'), bytes: size };
}

const sizeIn = (digits: string): number | undefined => (/^\d{1,15}$/.test(digits) ? Number(digits) : undefined);

const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes;

class Content implements AsyncIterable<Buffer> {
  private left: number;

  constructor(
    private readonly reader: ByteReader,
    private readonly bytes: number,
  ) {
    this.left = bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.left > 0) {
      const piece = await this.reader.needed(this.left);
      this.left -= piece.length;
      yield piece;
    }
  }

  async finish(): Promise<void> {
    await this.reader.skip(this.left + paddingOf(this.bytes));
  }
}
