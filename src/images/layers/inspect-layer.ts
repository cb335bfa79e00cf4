import { createHash } from 'node:crypto';
import { compressionOf, unpackedFile, type Compression } from '../archive/compression.ts';
import { Refusal, refuse } from '../refusal.ts';
import { applyEntry } from './apply-entry.ts';
import type { ImageTree } from './image-tree.ts';
import { LayerReader } from './layer-reader.ts';
import type { ArchiveLimits } from '../archive/archive-limits.ts';

export interface InspectedLayer {
  /** `sha256:…` of the uncompressed tar. */
  diffId: string;
  compression: Compression;
  unpackedBytes: number;
}

/**
 * Streams a layer file once, in constant memory apart from the tree: decompresses it, checks every entry and adds it to the
 * tree. Call it lowest layer first; `limit` is what the layers below it leave of the allowed bytes. Throws a Refusal (the
 * team's fault) or the error of a failing disk.
 */
export async function inspectLayer(
  file: string,
  limit: Pick<ArchiveLimits, 'unpackedBytes'>,
  tree: ImageTree,
): Promise<InspectedLayer> {
  const layer = tree.beginLayer();
  const compression = await compressionOf(file, (name) =>
    refuse(`a layer is compressed with ${name}; layers must be plain, or compressed with gzip or zstd`),
  );
  const damaged = (): never => refuse(`layer ${layer} of the image is damaged or cut short: it cannot be decompressed`);
  const reader = new LayerReader((entry) => applyEntry(tree, entry));
  const hash = createHash('sha256');
  let unpackedBytes = 0;
  for await (const chunk of unpackedFile(file, compression, { damaged, exact: true })) {
    unpackedBytes += chunk.length;
    if (unpackedBytes > limit.unpackedBytes) refuse('the image unpacks to more bytes than the limit for images allows');
    hash.update(chunk);
    try {
      reader.push(chunk);
    } catch (error) {
      if (error instanceof Refusal) refuse(`${error.message} (layer ${layer}, entry ${reader.entries})`);
      throw error;
    }
  }
  if (!reader.isWhole) refuse(`layer ${layer} of the image is cut short: its tar ends within an entry`);
  return { diffId: `sha256:${hash.digest('hex')}`, compression, unpackedBytes };
}
