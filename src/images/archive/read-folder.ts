import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blob, BlobFolder } from './blob-folder.ts';
import { refuse } from '../refusal.ts';
import type { ArchiveContent } from './read-archive.ts';
import type { ArchiveLimits } from './archive-limits.ts';

/**
 * Reads the output of `skopeo copy … dir:FOLDER` (a manifest and its blobs, unchanged from the registry) as an OCI archive.
 * Throws a Refusal when it is too large.
 */
export async function readFolder(folder: string, limits: ArchiveLimits, blobs: BlobFolder): Promise<ArchiveContent> {
  let left = limits.imageBytes;
  const take = async (name: string): Promise<Blob> => {
    const path = join(folder, name);
    const { size } = await stat(path);
    if ((left -= size) < 0) refuse(`the image is larger than the ${limits.imageBytes} bytes allowed`);
    return blobs.take(createReadStream(path, { highWaterMark: 2 ** 20 }), size);
  };
  const manifest = await take('manifest.json');
  const files: ArchiveContent['files'] = new Map([[`blobs/sha256/${manifest.sha256}`, manifest]]);
  for (const hex of await readdir(folder)) {
    if (/^[0-9a-f]{64}$/.test(hex)) files.set(`blobs/sha256/${hex}`, await take(hex));
  }
  const index = { manifests: [{ digest: `sha256:${manifest.sha256}`, size: manifest.bytes }] };
  files.set('index.json', await blobs.put(Buffer.from(JSON.stringify(index))));
  return { files, links: new Map() };
}
