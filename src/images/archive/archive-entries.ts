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
import { refuse } from '../refusal.ts';
import { ByteReader } from './byte-reader.ts';
import { paxRecords } from '../tar/pax-records.ts';
import { maxEntryHeaders } from './archive-limits.ts';

/** An entry of an archive. `place` identifies it without its own name: `entry 3 of the archive`. */
export interface ArchiveEntry {
  place: string;
  /** As written. */
  name: string;
  kind: 'file' | 'folder' | 'symbolic link' | 'hard link';
  /** Of a link, as written. */
  target: string;
  bytes: number;
  /** The content. Read it before the next entry; the unread rest is skipped. */
  content: AsyncIterable<Buffer>;
}

const kinds: typeof entryKinds = { ...entryKinds, '7': 'file' };

/** The records of extended headers that change how an entry reads; all others describe files on a disk. */
type EntryOverrides = Partial<Record<'path' | 'linkpath' | 'size', string>>;
/** Keys by which some readers, and not others, give an entry another name, size or type. */
const disputed = /^GNU\.|^SCHILY\.(?:realsize|filetype|tarfiletype|volhdr|offset)$|^SUN\.holesdata$/;

/**
 * Reads the outer tar of an archive as a stream, up to its end mark or the end of the stream. Bytes after the mark are
 * ignored but read, so that a damaged compressed stream is noticed. Stricter than tar programs: where two of them would
 * read different things, it throws a Refusal. Unlike a layer's entries, each one's content is read by the caller.
 */
export async function* archiveEntries(chunks: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry> {
  const reader = new ByteReader(chunks);
  let overrides: EntryOverrides = {};
  let headers = 0;
  for (let count = 1; ;) {
    const place = `entry ${count} of the archive`;
    const block = await reader.exactly(blockBytes);
    if (block === undefined) return;
    const header = readHeader(block, () => refuse(`${place} cannot be read: the archive is damaged or not a tar`));
    if (header === undefined) return reader.drain();
    if (header.size < 0) refuse(`${place} has a damaged header`);
    const extension = await extensionIn(reader, header, place);
    if (extension !== undefined) {
      if ((headers += 1) > maxEntryHeaders) refuse(`${place} has more than ${maxEntryHeaders} headers`);
      overrides = { ...overrides, ...extension };
      continue;
    }
    const entry = entryOf(header, overrides, place);
    overrides = {};
    headers = 0;
    count += 1;
    const next = reader.position + entry.bytes + paddingOf(entry.bytes);
    yield { ...entry, content: reader.pieces(entry.bytes) };
    await reader.skip(next - reader.position);
  }
}

/** The values that an extension header sets for the next entry; undefined for the header of an entry. */
async function extensionIn(reader: ByteReader, header: TarHeader, place: string): Promise<EntryOverrides | undefined> {
  if (!extensionTypes.includes(header.type)) return undefined;
  if (header.size > maxExtensionBytes) refuse(`${place} has a header of more than ${maxExtensionBytes} bytes`);
  const content = (await reader.exactly(header.size)) ?? Buffer.alloc(0);
  if (content.length < header.size) refuse('the archive is cut short');
  await reader.skip(paddingOf(header.size));
  if (header.type === 'L') return { path: upToZero(content).toString('utf8') };
  if (header.type === 'K') return { linkpath: upToZero(content).toString('utf8') };
  const records = overridesIn(content, place);
  if (header.type === 'x') return records;
  if (Object.keys(records).length > 0) refuse(`${place} follows a header that gives all entries one name or size`);
  return {};
}

function overridesIn(header: Buffer, place: string): EntryOverrides {
  const overrides: EntryOverrides = {};
  for (const { key, value } of paxRecords(header, () => refuse(`${place} has a damaged header`))) {
    if (disputed.test(key)) refuse(`${place} has a header that archive readers interpret differently`);
    if (key === 'path' || key === 'linkpath' || key === 'size') overrides[key] = value.toString('utf8');
  }
  return overrides;
}

function entryOf(
  { name, linkName, type, size: bytes }: TarHeader,
  overrides: EntryOverrides,
  place: string,
): Omit<ArchiveEntry, 'content'> {
  const known =
    kinds[type] ??
    refuse(`${place} is ${otherKinds[type] ?? 'of an unknown type'}; only files, folders and links are allowed`);
  const path = overrides.path || name.toString('utf8');
  // Before tar had a type for folders, a trailing slash marked one.
  const kind = known === 'file' && path.endsWith('/') ? 'folder' : known;
  const size =
    overrides.size === undefined ? bytes : (sizeIn(overrides.size) ?? refuse(`${place} has a damaged header`));
  if (kind !== 'file' && size > 0) refuse(`${place} is a ${kind} with content`);
  return { place, name: path, kind, target: overrides.linkpath || linkName.toString('utf8'), bytes: size };
}

const sizeIn = (digits: string): number | undefined => (/^\d{1,15}$/.test(digits) ? Number(digits) : undefined);
