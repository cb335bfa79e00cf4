import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { tarOf, type TarEntry } from './tar.ts';

/** Bytes of an image, named by their digest. */
export interface Blob {
  digest: string;
  content: Buffer;
}

/** A gzipped tar, and the digest of its content (`diffId`), which image configurations need. */
export interface Layer extends Blob {
  diffId: string;
}

export const blobOf = (content: Buffer): Blob => ({ digest: sha256(content), content });

const sha256 = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Packs a layer, entries in order of name. */
export async function makeLayer(entries: readonly TarEntry[]): Promise<Layer> {
  const tar = await buffer(tarOf([...entries].sort((one, other) => (one.name < other.name ? -1 : 1))));
  // In one chunk, the compression runs in parallel with the rest of the build and never waits for it.
  const zipped = await promisify(gzip)(tar, { level: 4, chunkSize: tar.length + 1024 });
  return { ...blobOf(zipped), diffId: sha256(tar) };
}
