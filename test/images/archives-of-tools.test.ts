import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { amd64, arm64, GateSuite, type MakeArchive } from '../support/images/gate-suite.ts';
import { sha256, tarOf, type TarEntry } from '../support/images/image-archives.ts';
import {
  configOf,
  docker,
  dockerArchive,
  oci,
  OciBuilder,
  plain,
  type BuiltLayer,
  type Descriptor,
  type Fields,
} from '../support/images/oci-builder.ts';

const unknown = { os: 'unknown', architecture: 'unknown' };
const isAbout = { 'vnd.docker.reference.type': 'attestation-manifest' };
const named = (name: string): Fields => ({ annotations: { 'org.opencontainers.image.ref.name': name } });
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

/** All of the same image. */
const archives: Record<string, MakeArchive> = {
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
};

describe('archives in the forms that tools write', () => {
  const gate = new GateSuite();
  gate.reads(archives);

  it('are read: skopeo’s conversion of them, in either format', async () => {
    const builder = new OciBuilder();
    const { layout } = await gate.rig.accepted(await tarOf(builder.entries([builder.image(gate.layers)])));
    for (const kind of ['oci-archive', 'docker-archive']) {
      const archive = join(gate.rig.folder, `${kind}.tar`);
      execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci:${layout}:image`, `${kind}:${archive}:a:b`]);
      await gate.isRead(execFileSync('cat', [archive]));
    }
  });
});
