import { stat } from 'node:fs/promises';
import type { Blob, BlobFolder } from './blob-folder.ts';
import { refuse } from '../refusal.ts';
import { archiveEntries, type ArchiveEntry } from './archive-entries.ts';
import { compressionOf, unpackedFile } from './compression.ts';
import { maxEntries, maxNameLength, type ArchiveLimits } from './archive-limits.ts';

/** The files and links of a handed-in image, by name without `./`. Folders are left out. */
export interface ArchiveContent {
  files: Map<string, Blob>;
  /** The targets of links, inside the archive. */
  links: Map<string, string>;
}

/**
 * Reads the outer tar once, in constant memory, and stores every file in it: checks sizes, names and types and hashes all
 * content. Throws a Refusal.
 */
export async function readArchive(path: string, limits: ArchiveLimits, blobs: BlobFolder): Promise<ArchiveContent> {
  if ((await stat(path)).size > limits.imageBytes)
    refuse(`the archive is larger than the ${limits.imageBytes} bytes allowed`);
  const found: ArchiveContent = { files: new Map(), links: new Map() };
  let entries = 0;
  for await (const entry of archiveEntries(unpackedArchive(path, limits.unpackedBytes))) {
    if ((entries += 1) > maxEntries) refuse(`the archive has more than ${maxEntries} entries`);
    await take(entry, found, blobs);
  }
  return found;
}

async function* unpackedArchive(path: string, maxBytes: number): AsyncGenerator<Buffer> {
  const compression = await compressionOf(path, (name) =>
    refuse(`the archive is compressed with ${name}; hand in a plain tar, or one compressed with gzip or zstd`),
  );
  let bytes = 0;
  const damaged = (): never => refuse('the archive is damaged or cut short');
  for await (const chunk of unpackedFile(path, compression, { damaged })) {
    if ((bytes += chunk.length) > maxBytes) refuse(`the archive unpacks to more than the ${maxBytes} bytes allowed`);
    yield chunk;
  }
}

async function take(entry: ArchiveEntry, found: ArchiveContent, blobs: BlobFolder): Promise<void> {
  const name = checkEntryName(entry.name, entry.place);
  if (entry.kind === 'folder') return;
  const earlier = contentOf(found, name);
  if (entry.kind === 'file') found.files.set(name, await blobs.take(entry.content, entry.bytes));
  else found.links.set(name, targetOf(entry, name));
  // Some readers take the first of two, others the last; if both are equal, that makes no difference.
  if (earlier !== '' && contentOf(found, name) !== earlier)
    refuse(`${entry.place} has the same name as an earlier one, but different content`);
}

/**
 * The name of an archive entry without `./` and trailing slash, '' for the archive's root. Throws a Refusal for a name that
 * could point outside the archive; the refusal identifies the entry by `place`.
 */
function checkEntryName(written: string, place: string): string {
  if (written.length > maxNameLength) refuse(`${place} has a name longer than ${maxNameLength} characters`);
  if (written.startsWith('/')) refuse(`${place} has an absolute name`);
  // U+FFFD: the name is not UTF-8, so another reader may see another name.
  if (/[\p{Cc}\uFFFD]/u.test(written)) refuse(`${place} has a name with unprintable characters`);
  const parts = written.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) refuse(`${place} has a name that points outside the archive`);
  return parts.join('/');
}

/** The content of a name, '' when there is none. */
const contentOf = ({ files, links }: ArchiveContent, name: string): string =>
  [files.get(name)?.sha256, links.get(name)].join('>').replace(/^>$/, '');

/** Symbolic links are relative to their folder, hard links to the root. Throws a Refusal for a target outside the archive. */
function targetOf({ place, kind, target }: ArchiveEntry, name: string): string {
  if (target.startsWith('/')) refuse(`${place} is a link to an absolute path`);
  const parts = kind === 'symbolic link' ? name.split('/').slice(0, -1) : [];
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) refuse(`${place} is a link that points outside the archive`);
    if (!['', '.', '..'].includes(part)) parts.push(part);
  }
  return parts.join('/');
}
