import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GateRig } from '../support/images/gate-rig.ts';
import { sha256, tarOf, type TarEntry } from '../support/images/image-archives.ts';
import {
  configOf,
  docker,
  dockerArchive,
  layersOf,
  oci,
  OciBuilder,
  type BuiltLayer,
  type Descriptor,
  type Fields,
} from '../support/images/oci-builder.ts';
import { paxOf, rawEntry, unended } from '../support/images/raw-tar.ts';
import { zstdOf } from '../support/images/zstd.ts';

/** Archives in the forms that tools write, all of the same image; `made` has its layers and an empty builder. */
type Make = (made: {
  layers: BuiltLayer[];
  builder: OciBuilder;
  other: BuiltLayer[];
}) => TarEntry[] | Promise<TarEntry[]>;

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
const unknown = { os: 'unknown', architecture: 'unknown' };
const isAbout = { 'vnd.docker.reference.type': 'attestation-manifest' };
const named = (name: string): Fields => ({ annotations: { 'org.opencontainers.image.ref.name': name } });
const zstd = zstdOf;
const absent = (text: string, fields: Fields): Fields => ({ digest: `sha256:${sha256(text)}`, size: 500, ...fields });

/** As BuildKit writes provenance; https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md */
function attestation(builder: OciBuilder, fields: Fields = { platform: unknown, annotations: isAbout }): Descriptor {
  const statement = builder.put(
    { _type: 'https://in-toto.io/Statement/v0.1' },
    { mediaType: 'application/vnd.in-toto+json' },
  );
  const config = { ...unknown, config: {}, rootfs: { type: 'layers', diff_ids: [statement.digest] } };
  return builder.put(
    {
      schemaVersion: 2,
      mediaType: oci.manifest,
      config: builder.put(config, { mediaType: oci.config }),
      layers: [statement],
    },
    { mediaType: oci.manifest, ...fields },
  );
}

/** As the first Docker versions with a layout: both files name the same blobs. */
function both(
  builder: OciBuilder,
  layers: readonly BuiltLayer[],
  manifests: (image: Descriptor) => unknown[],
): TarEntry[] {
  const image = builder.image(layers);
  const config = `blobs/sha256/${sha256(JSON.stringify(configOf(layers)))}`;
  const Layers = layers.map(({ tar, pack = gzipSync }) => `blobs/sha256/${sha256(pack(tar))}`);
  const content = JSON.stringify([{ Config: config, RepoTags: ['team/model:1', 'team/model:2'], Layers }]);
  return [
    ...builder.entries(manifests(image)),
    { name: 'manifest.json', content },
    { name: 'repositories', content: '{}' },
  ];
}

const plain = (layers: readonly BuiltLayer[]): BuiltLayer[] =>
  layers.map((layer) => ({ ...layer, pack: (tar) => tar }));

const archives: Record<string, Make> = {
  'docker save, classic store, before 25: folders with VERSION and json, links for repeated layers': ({ layers }) => {
    const entries = dockerArchive(layers, { layerName: (hex) => `${hex}/layer.tar` });
    return [
      ...layers.flatMap(({ tar }) => [
        { name: `${sha256(tar)}/`, type: 'directory' as const },
        { name: `${sha256(tar)}/VERSION`, content: '1.0' },
        { name: `${sha256(tar)}/json`, content: '{"id":"x","container_config":{"Cmd":null}}' },
      ]),
      { name: 'old-id/layer.tar', type: 'symlink', linkname: `../${sha256(layers[0]?.tar ?? '')}/layer.tar` },
      ...entries,
      { name: 'repositories', content: '{"team/model":{"1":"x"}}' },
    ];
  },
  'docker save of several tags: one entry with all of them': ({ layers }) =>
    dockerArchive(layers, { manifest: { RepoTags: ['team/model:1', 'team/model:latest', 'other:1'], Parent: '' } }),
  'docker save by id: RepoTags is null': ({ layers }) => dockerArchive(layers, { manifest: { RepoTags: null } }),
  'docker save, one entry per tag': ({ layers }) =>
    dockerArchive(layers).map((entry) =>
      entry.name === 'manifest.json'
        ? { ...entry, content: JSON.stringify([1, 2].flatMap(() => JSON.parse(String(entry.content)))) }
        : entry,
    ),
  'docker save since 25: index.json and manifest.json name the same blobs, one descriptor per tag': ({
    layers,
    builder,
  }) =>
    both(builder, plain(layers), (image) => [
      { ...image, ...named('1') },
      { ...image, ...named('latest') },
    ]),
  'docker save, containerd store: an index whose other platforms were never pulled': ({ layers, builder }) =>
    both(builder, layers, (image) => [
      builder.index([
        { ...image, platform: amd64 },
        absent('arm', { platform: arm64 }),
        absent('arm v7', { platform: { os: 'linux', architecture: 'arm', variant: 'v7' } }),
        absent('attestation', { platform: unknown, annotations: isAbout }),
      ]),
    ]),
  'docker save of two platforms on a machine with the other platform: manifest.json names only that one': ({
    layers,
    builder,
    other,
  }) => {
    const arm = builder.image(other, { config: { architecture: 'arm64' }, fields: { platform: arm64 } });
    const image = builder.image(layers, { fields: { platform: amd64 } });
    const Config = `blobs/sha256/${sha256(JSON.stringify(configOf(other, { architecture: 'arm64' })))}`;
    const Layers = other.map(({ tar }) => `blobs/sha256/${sha256(gzipSync(tar))}`);
    return [
      ...builder.entries([builder.index([arm, image])]),
      { name: 'manifest.json', content: JSON.stringify([{ Config, RepoTags: ['a:1'], Layers }]) },
    ];
  },
  'containerd export: the manifest of another platform without its configuration': ({ layers, builder, other }) => {
    const arm = builder.image(other, { config: { architecture: 'arm64' }, fields: { platform: arm64 } });
    builder.blobs.delete(`blobs/sha256/${sha256(JSON.stringify(configOf(other, { architecture: 'arm64' })))}`);
    return builder.entries([builder.index([arm, builder.image(layers, { fields: { platform: amd64 } })])]);
  },
  'nerdctl save of several tags: one index per tag, the same blob': ({ layers, builder }) => {
    const index = builder.index([builder.image(layers, { fields: { platform: amd64 } })], { mediaType: docker.index });
    return builder.entries([
      { ...index, annotations: { 'io.containerd.image.name': 'docker.io/a:1' } },
      { ...index, annotations: { 'io.containerd.image.name': 'docker.io/a:2' } },
    ]);
  },
  'several tags under manifests that differ only in annotations': ({ layers, builder }) =>
    builder.entries(['1', '2'].map((tag) => builder.image(layers, { manifest: { annotations: { tag } } }))),
  'BuildKit type=oci with provenance: an attestation inside the index': ({ layers, builder }) =>
    builder.entries([builder.index([builder.image(layers, { fields: { platform: amd64 } }), attestation(builder)])]),
  'an attestation beside the image in index.json': ({ layers, builder }) =>
    builder.entries([builder.image(layers, { fields: { platform: amd64 } }), attestation(builder)]),
  'an attestation without any label or platform': ({ layers, builder }) =>
    builder.entries([attestation(builder, {}), builder.image(layers)]),
  'BuildKit type=docker with its OCI layout': ({ layers, builder }) =>
    both(builder, layers, (image) => [
      { ...image, annotations: { 'io.containerd.image.name': 'docker.io/library/a:1' } },
    ]),
  'buildx of several platforms, each with an attestation': ({ layers, builder, other }) =>
    builder.entries([
      builder.index([
        builder.image(other, { config: { architecture: 'arm64' }, fields: { platform: arm64 } }),
        builder.image(layers, { fields: { platform: amd64 } }),
        attestation(builder),
        attestation(builder),
      ]),
    ]),
  'an index in an index in an index': ({ layers, builder }) =>
    builder.entries([builder.index([builder.index([builder.index([builder.image(layers)])])])]),
  'podman save --format oci-archive: several names of one manifest': ({ layers, builder }) => {
    const image = builder.image(layers);
    return builder.entries([
      { ...image, ...named('localhost/a:1') },
      { ...image, ...named('localhost/a:2') },
    ]);
  },
  'podman save, docker-archive: folders by id with links to the layers': ({ layers }) => [
    ...dockerArchive(layers),
    { name: 'id/', type: 'directory' },
    { name: 'id/layer.tar', type: 'symlink', linkname: `../${sha256(layers[0]?.tar ?? '')}.tar` },
    { name: 'id/VERSION', content: '1.0' },
    { name: 'id/json', content: '{}' },
    { name: 'repositories', content: '{}' },
  ],
  'kaniko, crane, ko: a configuration called sha256:…, gzipped layers': ({ layers }) =>
    dockerArchive(
      layers.map((layer) => ({ ...layer, pack: gzipSync })),
      { configName: `sha256:${sha256(JSON.stringify(configOf(layers)))}`, layerName: (hex) => `${hex}.tar.gz` },
    ),
  'jib, nix: config.json, and layers under other names': ({ layers }) =>
    dockerArchive(layers, { configName: 'config.json', layerName: (hex) => `${hex.slice(0, 8)}/layer.tar` }),
  'rules_docker: names without endings': ({ layers }) =>
    dockerArchive(layers, { configName: 'config', layerName: (hex) => hex }),
  'rules_oci: manifest.json over blobs, without index.json': ({ layers }) =>
    dockerArchive(
      layers.map((layer) => ({ ...layer, pack: gzipSync })),
      {
        configName: `blobs/sha256/${sha256(JSON.stringify(configOf(layers)))}`,
        layerName: (hex) => `blobs/sha256/${hex}`,
      },
    ),
  'buildpacks: names from the top, no architecture': ({ layers }) =>
    dockerArchive(layers, {
      config: { architecture: '' },
      layerName: (hex) => `${hex}.tar`,
      manifest: { Layers: layers.map(({ tar }) => `/${sha256(tar)}.tar`) },
    }),
  'a docker archive with a hard link for a repeated layer': ({ layers }) => {
    const first = `${sha256(layers[0]?.tar ?? '')}.tar`;
    const Layers = ['linked.tar', ...layers.slice(1).map(({ tar }) => `${sha256(tar)}.tar`)];
    return [...dockerArchive(layers, { manifest: { Layers } }), { name: 'linked.tar', type: 'link', linkname: first }];
  },
  'apko: one layer type for all, annotations on every layer': ({ layers, builder }) =>
    builder.entries([
      builder.index([
        builder.image(
          layers.map((layer) => ({ ...layer, fields: { annotations: { 'dev.chainguard.package': 'x' } } })),
          { fields: { platform: amd64 } },
        ),
      ]),
    ]),
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

describe('archives in the forms that tools write', () => {
  let rig: GateRig;
  let layers: BuiltLayer[];
  let other: BuiltLayer[];
  before(async () => {
    rig = await GateRig.start();
    layers = await layersOf('the one to run');
    other = await layersOf('another one');
  });
  after(() => rig.stop());

  async function isRead(archive: Buffer): Promise<void> {
    const { layout, digest } = await rig.accepted(archive);
    const written = await rig.written(layout);
    assert.deepEqual(
      written.diffIds,
      layers.map(({ tar }) => `sha256:${sha256(tar)}`),
    );
    // Another reader finds one image under the digest, and all its blobs valid.
    const raw = execFileSync('skopeo', ['inspect', '--raw', `oci:${layout}:image`]);
    assert.equal(`sha256:${sha256(raw)}`, digest);
  }

  for (const [what, make] of Object.entries(archives)) {
    it(`are read: ${what}`, async () => isRead(await tarOf(await make({ layers, other, builder: new OciBuilder() }))));
  }

  it('are read: gzip or zstd around everything', async () => {
    const tar = await tarOf(dockerArchive(layers));
    for (const pack of [gzipSync, zstd]) await isRead(pack(tar));
    await isRead(Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]));
  });

  it('are read: data after the end mark, and no end mark', async () => {
    const tar = await tarOf(dockerArchive(layers));
    for (const rest of [Buffer.alloc(20_480), Buffer.alloc(700, 'x'), tar, gzipSync('x')])
      await isRead(Buffer.concat([tar, rest]));
    await isRead(unended(tar));
    await isRead(tar.subarray(0, -512));
  });

  it('are read: long names of GNU tar and of pax, old headers without a magic', async () => {
    const [tar, folder] = [layers[0]?.tar ?? Buffer.alloc(0), 'long-'.repeat(30)];
    const entries = dockerArchive(layers, { layerName: (hex) => `${folder}/${hex}.tar` }).slice(1);
    const [name, rest] = [`${folder}/${sha256(tar)}.tar`, await tarOf(entries)];
    await isRead(Buffer.concat([rawEntry('L', '././@LongLink', `${name}\0`), rawEntry('0', name, tar), rest]));
    await isRead(Buffer.concat([rawEntry('x', 'PaxHeaders/x', paxOf({ path: name })), rawEntry('0', 'x', tar), rest]));
    const [first, ...others] = dockerArchive(layers, { layerName: (hex) => hex.slice(0, 20) });
    const old = rawEntry('\0', first?.name ?? '', first?.content, { magic: '' });
    await isRead(Buffer.concat([rawEntry('\0', 'folder/', '', { magic: '' }), old, await tarOf(others)]));
  });

  it('are read: an empty layer, and the same layer twice', async () => {
    const empty = { tar: Buffer.alloc(1_024) };
    const builder = new OciBuilder();
    const repeated = [...layers, empty, ...layers, empty];
    const { layout } = await rig.accepted(await tarOf(builder.entries([builder.image(repeated)])));
    const { diffIds } = await rig.written(layout);
    assert.deepEqual(
      diffIds,
      repeated.map(({ tar }) => `sha256:${sha256(tar)}`),
    );
    const copy = join(rig.folder, 'repeated');
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci:${layout}:image`, `dir:${copy}`]);
  });

  it('are read: skopeo’s conversion of them, in either format', async () => {
    const builder = new OciBuilder();
    const { layout } = await rig.accepted(await tarOf(builder.entries([builder.image(layers)])));
    for (const kind of ['oci-archive', 'docker-archive']) {
      const archive = join(rig.folder, `${kind}.tar`);
      execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci:${layout}:image`, `${kind}:${archive}:a:b`]);
      await isRead(execFileSync('cat', [archive]));
    }
  });
});
