import { createHash } from 'node:crypto';
import { Refusal, refuse } from '../refusal.ts';
import { applyEntry } from './apply-entry.ts';
import type { ImageTree } from './image-tree.ts';
import { LayerReader } from './layer-reader.ts';
import { layerCompression, unpackLayer, type LayerCompression } from './unpack-layer.ts';

interface LayerLimits {
  /** Bytes left for this layer and those above it, unpacked. */
  unpackedBytes: number;
}

export interface InspectedLayer {
  /** `sha256:…` of the uncompressed tar. */
  diffId: string;
  compression: LayerCompression;
  unpackedBytes: number;
}

/**
 * Streams a layer file once, in constant memory apart from the tree: decompresses it, checks every entry and adds it to the
 * tree. Call it lowest layer first. Throws a Refusal (the team's fault) or the error of a failing disk.
 */
export async function inspectLayer(file: string, limits: LayerLimits, tree: ImageTree): Promise<InspectedLayer> {
  tree.beginLayer();
  const layer = tree.layers;
  const compression = await layerCompression(file);
  const damaged = (): never => refuse(`layer ${layer} of the image is damaged or cut short: it cannot be decompressed`);
  const reader = new LayerReader((entry) => applyEntry(tree, entry));
  const hash = createHash('sha256');
  let unpackedBytes = 0;
  const take = (chunk: Buffer): void => {
    unpackedBytes += chunk.length;
    if (unpackedBytes > limits.unpackedBytes)
      refuse('the image unpacks to more bytes than the limit for images allows');
    hash.update(chunk);
    try {
      reader.push(chunk);
    } catch (error) {
      if (error instanceof Refusal) refuse(`${error.message} (layer ${layer}, entry ${reader.entries})`);
      throw error;
    }
  };
  await unpackLayer(file, compression, take, damaged);
  if (!reader.isWhole) refuse(`layer ${layer} of the image is cut short: its tar ends within an entry`);
  return { diffId: `sha256:${hash.digest('hex')}`, compression, unpackedBytes };
}
