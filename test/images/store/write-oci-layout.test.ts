import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { decompress } from 'fzstd';
import { GateRig } from '../../support/images/gate-rig.ts';
import { layerOf, sha256, tarOf } from '../../support/images/image-archives.ts';
import { dockerArchive, layersOf, OciBuilder, type BuiltLayer } from '../../support/images/oci-builder.ts';
import { zstdOf } from '../../support/images/zstd.ts';

const packers: readonly ((tar: Buffer) => Buffer)[] = [(tar) => tar, gzipSync, zstdOf];

const unpack = (blob: Buffer, mediaType: string): Buffer => {
  if (mediaType.endsWith('+gzip')) return gunzipSync(blob);
  return mediaType.endsWith('+zstd') ? Buffer.from(decompress(blob)) : blob;
};

describe('the layout that the gate writes', () => {
  let rig: GateRig;
  before(async () => {
    rig = await GateRig.start();
  });
  after(() => rig.stop());

  it('contains the inspected layers in order, and nothing else from the archive', async () => {
    const layer = fc.record({ text: fc.string({ maxLength: 20 }), packer: fc.nat(packers.length - 1) });
    const image = fc.record({ layers: fc.array(layer, { maxLength: 5 }), isOci: fc.boolean(), junk: fc.string() });
    await fc.assert(
      fc.asyncProperty(image, async ({ layers, isOci, junk }) => {
        const built: BuiltLayer[] = [{ tar: await layerOf({}, true) }];
        for (const { text, packer } of layers) {
          const pack = packers[packer];
          built.push({ tar: await layerOf({ [`file-${sha256(text)}`]: text }), ...(pack && { pack }) });
        }
        const builder = new OciBuilder();
        builder.put({ junk });
        const entries = isOci ? builder.entries([builder.image(built)]) : dockerArchive(built);
        const { layout, digest } = await rig.accepted(await tarOf(entries));
        const blobs = join(layout, 'blobs/sha256');
        const written = await rig.written(layout);
        const unpacked = [];
        for (const { digest, mediaType, size } of written.layers) {
          const blob = await readFile(join(blobs, digest.slice(7)));
          assert.equal(size, blob.length);
          unpacked.push(unpack(blob, mediaType));
        }
        assert.deepEqual(
          unpacked,
          built.map(({ tar }) => tar),
        );
        assert.deepEqual(
          written.diffIds,
          built.map(({ tar }) => `sha256:${sha256(tar)}`),
        );
        const names = new Set([digest, written.config.digest, ...written.layers.map(({ digest }) => digest)]);
        assert.deepEqual(new Set((await readdir(blobs)).map((hex) => `sha256:${hex}`)), names);
        for (const hex of await readdir(blobs)) assert.equal(sha256(await readFile(join(blobs, hex))), hex);
        assert.deepEqual((await readdir(layout)).sort(), ['blobs', 'index.json', 'oci-layout']);
      }),
      { numRuns: 40 },
    );
  });

  it('is the same for the same image, whichever tool wrote the archive', async () => {
    const layers = await layersOf();
    const plain = layers.map((layer) => ({ ...layer, pack: (tar: Buffer) => tar }));
    const builder = new OciBuilder();
    const digests = [];
    for (const entries of [dockerArchive(layers), builder.entries([builder.index([builder.image(plain)])])])
      digests.push((await rig.accepted(await tarOf(entries))).digest);
    assert.equal(digests[0], digests[1]);
  });

  it('is read by podman, which finds the same layers', async () => {
    const builder = new OciBuilder();
    const built = (await layersOf('for podman', 3)).map((layer, n) => ({ ...layer, pack: packers[n] ?? gzipSync }));
    const { layout } = await rig.accepted(await tarOf(builder.entries([builder.image(built)])));
    const [root, runroot] = [join(rig.folder, 'podman'), join(rig.folder, 'r')];
    const storage = `containers-storage:[vfs@${root}+${runroot}]`;
    const podman = (...args: string[]): string =>
      execFileSync('podman', ['--root', root, '--runroot', runroot, '--storage-driver', 'vfs', ...args], {
        encoding: 'utf8',
      });
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci:${layout}:image`, `${storage}localhost/here:1`]);
    const [image] = JSON.parse(podman('image', 'inspect', 'localhost/here:1')) as { RootFS: { Layers: string[] } }[];
    podman('rmi', '-f', 'localhost/here:1');
    assert.deepEqual(
      image?.RootFS.Layers,
      built.map(({ tar }) => `sha256:${sha256(tar)}`),
    );
  });
});
