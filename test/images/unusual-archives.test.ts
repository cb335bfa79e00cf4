import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { amd64, arm64, GateSuite, type MakeArchive } from '../support/images/gate-suite.ts';
import { sha256, tarOf } from '../support/images/image-archives.ts';
import { docker, dockerArchive, oci, OciBuilder, plain } from '../support/images/oci-builder.ts';
import { paxOf, rawEntry, unended } from '../support/images/raw-tar.ts';
import { zstdOf as zstd } from '../support/images/zstd.ts';

/** All of the same image. */
const archives: Record<string, MakeArchive> = {
  'Docker media types in an OCI layout': ({ layers, builder }) =>
    builder.entries([
      builder.image(
        layers.map((layer) => ({ ...layer, fields: { mediaType: docker.layer } })),
        { configType: docker.config, manifest: { mediaType: docker.manifest }, fields: { mediaType: docker.manifest } },
      ),
    ]),
  'OCI layers under a Docker manifest': ({ layers, builder }) =>
    builder.entries([
      builder.image(layers, { manifest: { mediaType: docker.manifest }, fields: { mediaType: docker.manifest } }),
    ]),
  'an old hub image: a configuration of octets': ({ layers, builder }) =>
    builder.entries([builder.image(layers, { configType: 'application/octet-stream' })]),
  'no media types at all': ({ layers, builder }) =>
    builder.entries([
      builder.image(
        layers.map((layer) => ({ ...layer, fields: { mediaType: null } })),
        { configType: null, manifest: { mediaType: undefined }, fields: { mediaType: undefined } },
      ),
    ]),
  'null for every optional field': ({ layers, builder }) => {
    const nothing = { annotations: null, urls: null, platform: null, data: null, artifactType: null };
    return builder.entries(
      [
        builder.image(
          layers.map((layer) => ({ ...layer, fields: nothing })),
          {
            config: { history: null, created: null, author: null, container_config: null, variant: null },
            manifest: { annotations: null, subject: null, artifactType: null },
            fields: nothing,
          },
        ),
      ],
      { annotations: null, subject: null },
    );
  },
  'empty urls, and urls of a layer that is inside': ({ layers, builder }) =>
    builder.entries([
      builder.image(
        layers.map((layer, n) => ({
          ...layer,
          fields: {
            mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
            urls: n === 0 ? [] : ['http://127.0.0.1:9/'],
          },
        })),
      ),
    ]),
  'layers of zstd': ({ layers, builder }) =>
    builder.entries([
      builder.image(layers.map((layer) => ({ ...layer, pack: zstd, fields: { mediaType: `${oci.layer}+zstd` } }))),
    ]),
  'layers of zstd labelled as gzip': ({ layers, builder }) =>
    builder.entries([builder.image(layers.map((layer) => ({ ...layer, pack: zstd })))]),
  'plain layers': ({ layers, builder }) => builder.entries([builder.image(plain(layers))]),
  'x86_64 in the index': ({ layers, builder }) =>
    builder.entries([
      builder.index([builder.image(layers, { fields: { platform: { os: 'linux', architecture: 'x86_64' } } })]),
    ]),
  'x86-64 in the configuration': ({ layers, builder }) =>
    builder.entries([builder.image(layers, { config: { architecture: 'x86-64', os: 'Linux' } })]),
  'an index that labels the only image, for amd64, as arm64': ({ layers, builder }) =>
    builder.entries([builder.index([builder.image(layers, { fields: { platform: arm64 } })])]),
  'amd64/v1 among amd64/v2 and v3': ({ layers, builder, other }) =>
    builder.entries([
      builder.index([
        builder.image(other, { fields: { platform: { ...amd64, variant: 'v3' } } }),
        builder.image(layers, { fields: { platform: { ...amd64, variant: 'v1' } } }),
        builder.image(other.slice(1), { fields: { platform: { ...amd64, variant: 'v2' } } }),
      ]),
    ]),
  'amd64/v2 alone': ({ layers, builder }) =>
    builder.entries([builder.index([builder.image(layers, { fields: { platform: { ...amd64, variant: 'v2' } } })])]),
  'a variant built on an amd64 base that the index labels arm64, beside the right one': ({ layers, builder, other }) =>
    builder.entries([
      builder.index([
        builder.image(other, { fields: { platform: arm64 } }),
        builder.image(layers, { fields: { platform: amd64 } }),
      ]),
    ]),
  'a platform only on the outer index': ({ layers, builder, other }) =>
    builder.entries([
      builder.index([builder.image(other)], { platform: arm64 }),
      builder.index([builder.image(layers)], { platform: amd64 }),
    ]),
  'a signature by cosign beside the image': ({ layers, builder }) =>
    builder.entries([
      builder.image(layers),
      builder.put({
        schemaVersion: 2,
        config: builder.put({
          architecture: '',
          os: '',
          config: {},
          rootfs: { type: 'layers', diff_ids: ['sha256:0'] },
        }),
        layers: [builder.put({ critical: {} }, { mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' })],
      }),
    ]),
  'a bill of materials and a Helm chart beside the image': ({ layers, builder }) =>
    builder.entries([
      builder.image(layers),
      builder.put({
        schemaVersion: 2,
        artifactType: 'application/spdx+json',
        config: builder.put({}),
        layers: [builder.put({})],
      }),
      builder.put({ schemaVersion: 2, config: builder.put({ name: 'chart' }), layers: [builder.put({ a: 1 })] }),
    ]),
  'a descriptor of another type in index.json, as in the specification’s example': ({ layers, builder }) =>
    builder.entries([builder.put(Buffer.from('<xml/>'), { mediaType: 'application/xml' }), builder.image(layers)]),
  'an image with an artifactType': ({ layers, builder }) =>
    builder.entries([
      builder.image(layers, { manifest: { artifactType: 'application/x' }, fields: { artifactType: 'application/x' } }),
    ]),
  'index.json without oci-layout and without schemaVersion': ({ layers, builder }) =>
    builder.entries([builder.image(layers)], { schemaVersion: undefined }).filter(({ name }) => name !== 'oci-layout'),
  'blobs twice, with the same content': ({ layers, builder }) => {
    const entries = builder.entries([builder.image(layers)]);
    return [...entries, ...entries];
  },
  'tar -C FOLDER -cf image.tar . with its folders': ({ layers, builder }) => [
    { name: './', type: 'directory' },
    { name: './blobs/', type: 'directory' },
    { name: './blobs/sha256/', type: 'directory' },
    ...builder.entries([builder.image(layers)]).map((entry) => ({ ...entry, name: `./${entry.name}` })),
  ],
  'an empty manifest.json beside index.json': ({ layers, builder }) => [
    ...builder.entries([builder.image(layers)]),
    { name: 'manifest.json', content: '[]' },
  ],
  'extended headers with times and attributes': ({ layers, builder }) =>
    builder.entries([builder.image(layers)]).map((entry) => ({
      ...entry,
      pax: { mtime: '1583000000.5', 'SCHILY.xattr.user.x': 'a=b', 'LIBARCHIVE.creationtime': '1', comment: 'x' },
    })),
};

describe('archives in forms that the specifications allow', () => {
  const gate = new GateSuite();
  gate.reads(archives);

  it('are read: gzip or zstd around everything', async () => {
    const tar = await tarOf(dockerArchive(gate.layers));
    for (const pack of [gzipSync, zstd]) await gate.isRead(pack(tar));
    await gate.isRead(Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]));
  });

  it('are read: data after the end mark, and no end mark', async () => {
    const tar = await tarOf(dockerArchive(gate.layers));
    for (const rest of [Buffer.alloc(20_480), Buffer.alloc(700, 'x'), tar, gzipSync('x')])
      await gate.isRead(Buffer.concat([tar, rest]));
    await gate.isRead(unended(tar));
    await gate.isRead(tar.subarray(0, -512));
  });

  it('are read: long names of GNU tar and of pax, old headers without a magic', async () => {
    const [tar, folder] = [gate.layers[0]?.tar ?? Buffer.alloc(0), 'long-'.repeat(30)];
    const entries = dockerArchive(gate.layers, { layerName: (hex) => `${folder}/${hex}.tar` }).slice(1);
    const [name, rest] = [`${folder}/${sha256(tar)}.tar`, await tarOf(entries)];
    await gate.isRead(Buffer.concat([rawEntry('L', '././@LongLink', `${name}\0`), rawEntry('0', name, tar), rest]));
    await gate.isRead(
      Buffer.concat([rawEntry('x', 'PaxHeaders/x', paxOf({ path: name })), rawEntry('0', 'x', tar), rest]),
    );
    const [first, ...others] = dockerArchive(gate.layers, { layerName: (hex) => hex.slice(0, 20) });
    const old = rawEntry('\0', first?.name ?? '', first?.content, { magic: '' });
    await gate.isRead(Buffer.concat([rawEntry('\0', 'folder/', '', { magic: '' }), old, await tarOf(others)]));
  });

  it('are read: an empty layer, and the same layer twice', async () => {
    const empty = { tar: Buffer.alloc(1_024) };
    const builder = new OciBuilder();
    const repeated = [...gate.layers, empty, ...gate.layers, empty];
    const { layout } = await gate.rig.accepted(await tarOf(builder.entries([builder.image(repeated)])));
    const { diffIds } = await gate.rig.written(layout);
    assert.deepEqual(
      diffIds,
      repeated.map(({ tar }) => `sha256:${sha256(tar)}`),
    );
    const copy = join(gate.rig.folder, 'repeated');
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci:${layout}:image`, `dir:${copy}`]);
  });
});
