import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageTree } from '../../../src/images/layers/image-tree.ts';
import { inspectLayer, type InspectedLayer } from '../../../src/images/layers/inspect-layer.ts';
import { Refusal } from '../../../src/images/refusal.ts';
import { file, folder, layer, link } from './layer-tar.ts';

/** The layer below the one that a test inspects. */
export const base = layer(
  folder('bin'),
  file('bin/tool'),
  folder('etc'),
  file('etc/file'),
  folder('data'),
  file('data/a'),
  file('data/b'),
  link('to-data', 'data'),
  link('nowhere', 'not-there'),
  link('out', '../../data'),
  link('round', 'round'),
);

/** Inspects layers for the tests of the suite that creates this. */
export class LayerSuite {
  declare private folder: string;

  constructor() {
    before(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'layer-'));
    });
    after(() => rm(this.folder, { recursive: true }));
  }

  async inspect(bytes: Buffer, tree = new ImageTree(), unpackedBytes = 2 ** 24): Promise<InspectedLayer> {
    const path = join(this.folder, 'layer');
    await writeFile(path, bytes);
    return inspectLayer(path, { unpackedBytes }, tree);
  }

  async refusalOf(inspecting: Promise<unknown>): Promise<string> {
    try {
      await inspecting;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
    return assert.fail('accepted');
  }
}
