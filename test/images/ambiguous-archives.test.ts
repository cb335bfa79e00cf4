import { amd64, arm64, GateSuite, type Parts, type RefusedArchive } from '../support/images/gate-suite.ts';
import { sha256, type TarEntry } from '../support/images/image-archives.ts';
import {
  configOf,
  dockerArchive,
  layersOf,
  oci,
  type Descriptor,
  type Fields,
  type OciBuilder,
} from '../support/images/oci-builder.ts';

const isAbout = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
const two =
  /^the archive has 2 different images for linux\/amd64 \(sha256:[0-9a-f]{12}, sha256:[0-9a-f]{12}\); hand in exactly one$/;
const artifact = (builder: OciBuilder, configType: string, layerType: string, config: Fields = {}): Descriptor =>
  builder.put({
    schemaVersion: 2,
    mediaType: oci.manifest,
    config: builder.put(config, { mediaType: configType }),
    layers: [builder.put(Buffer.from('content'), { mediaType: layerType })],
  });
const disagreeing = (
  { layers, other, builder }: Parts,
  inside: (config: string, blobs: string[]) => unknown,
): TarEntry[] => {
  const [image, hidden] = [builder.image(layers), configOf(other)];
  const blobs = other.map((layer) => builder.layer(layer).digest.replace(':', '/'));
  const config = builder.put(hidden).digest.replace(':', '/');
  return [
    ...builder.entries([image]),
    {
      name: 'manifest.json',
      content: JSON.stringify([
        inside(
          `blobs/${config}`,
          blobs.map((blob) => `blobs/${blob}`),
        ),
      ]),
    },
  ];
};

const archives: Record<string, RefusedArchive> = {
  'two different images, one per tag': [
    two,
    ({ layers, other, builder }) => builder.entries([builder.image(layers), builder.image(other)]),
  ],
  'two different images for docker load': [
    two,
    ({ layers, other }) => {
      const [one, next] = [dockerArchive(layers), dockerArchive(other)];
      const entries = [...one, ...next].filter(({ name }) => name !== 'manifest.json');
      const images = [one, next].flatMap((archive) => JSON.parse(String(archive.at(-1)?.content)));
      return [...entries, { name: 'manifest.json', content: JSON.stringify(images) }];
    },
  ],
  'four different images': [
    /^the archive has 4 different images for linux\/amd64 \(.*, .*, .* …\)/,
    async ({ builder }) => {
      const images = [];
      for (const text of 'abcd') images.push(builder.image(await layersOf(text)));
      return builder.entries(images);
    },
  ],
  'a runnable image labelled an attestation before another one': [
    two,
    ({ layers, other, builder }) =>
      builder.entries([
        builder.image(other, { fields: { ...isAbout, platform: amd64 } }),
        builder.image(layers, { fields: { platform: amd64 } }),
      ]),
  ],
  'the same with platforms that would select one': [
    two,
    ({ layers, other, builder }) =>
      builder.entries([
        builder.image(other, { fields: { ...isAbout, platform: amd64 } }),
        builder.image(layers, { fields: { platform: { ...amd64, variant: 'v2' } } }),
      ]),
  ],
  'a runnable image under unknown/unknown beside another one': [
    two,
    ({ layers, other, builder }) =>
      builder.entries([
        builder.image(other, { fields: { ...isAbout, platform: { os: 'unknown', architecture: 'unknown' } } }),
        builder.image(layers, { fields: { platform: amd64 } }),
      ]),
  ],
  'a runnable image as an artifact beside another one': [
    two,
    ({ layers, other, builder }) =>
      builder.entries([
        builder.image(other, {
          manifest: { artifactType: 'application/spdx+json' },
          configType: 'application/vnd.oci.empty.v1+json',
        }),
        builder.image(layers),
      ]),
  ],
  'a runnable image in an index in an index beside another one': [
    two,
    ({ layers, other, builder }) =>
      builder.entries([
        builder.index([builder.index([builder.image(other)], isAbout)], isAbout),
        builder.image(layers),
      ]),
  ],
  'two images of one platform in an index': [
    two,
    ({ layers, other, builder }) =>
      builder.entries([
        builder.index([
          builder.image(layers, { fields: { platform: amd64 } }),
          builder.image(other, { fields: { platform: { os: 'linux', architecture: 'x86_64' } } }),
        ]),
      ]),
  ],
  'index.json and manifest.json with different images': [
    'index.json and manifest.json of the archive name different images; save the image again',
    (made) => disagreeing(made, (Config, Layers) => ({ Config, Layers })),
  ],
  'index.json and manifest.json with the same configuration and other layers': [
    'index.json and manifest.json of the archive name different images; save the image again',
    (made) =>
      disagreeing(made, (_, Layers) => ({
        Config: `blobs/sha256/${sha256(JSON.stringify(configOf(made.layers)))}`,
        Layers,
      })),
  ],
  'images for other platforms only': [
    'the image is built for linux/arm64, linux/s390x, but the machines are linux/amd64: build it with --platform linux/amd64',
    ({ layers, other, builder }) =>
      builder.entries([
        builder.index([
          builder.image(other, { config: { architecture: 's390x' } }),
          builder.image(layers, { config: { architecture: 'arm64' }, fields: { platform: amd64 } }),
        ]),
      ]),
  ],
  'an unknown platform, without quoting it': [
    /^the image is built for another platform, but the machines/,
    ({ layers }) => dockerArchive(layers, { config: { os: '\u001B[31m[click](http://x)' } }),
  ],
  'an index without its image for linux/amd64': [
    /^the archive lacks the blob sha256:0{64}$/,
    ({ layers, builder }) =>
      builder.entries([
        builder.index([
          builder.image(layers, { config: { architecture: 'arm64' }, fields: { platform: arm64 } }),
          { digest: `sha256:${'0'.repeat(64)}`, size: 9, platform: amd64 },
        ]),
      ]),
  ],
  'an index of images that are all missing': [
    'the archive contains no container image, only a reference to a missing image for linux/arm64, an attestation',
    ({ builder }) =>
      builder.entries([
        { digest: `sha256:${'1'.repeat(64)}`, size: 9, platform: arm64 },
        { digest: `sha256:${'2'.repeat(64)}`, size: 9, ...isAbout },
      ]),
  ],
  'an empty index': ['the archive lists no image', ({ builder }) => builder.entries([builder.index([])])],
  'an empty manifest.json': ['the archive lists no image', () => [{ name: 'manifest.json', content: 'null' }]],
  'a Helm chart': [
    'the archive contains no container image, only a Helm chart',
    ({ builder }) =>
      builder.entries([
        artifact(
          builder,
          'application/vnd.cncf.helm.config.v1+json',
          'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
          {
            name: 'chart',
          },
        ),
      ]),
  ],
  'a WebAssembly artifact': [
    'the archive contains no container image, only a WebAssembly module',
    ({ builder }) =>
      builder.entries([artifact(builder, 'application/vnd.wasm.config.v1+json', 'application/wasm', {})]),
  ],
  'a WebAssembly image': [
    /^the image is built for wasip1\/wasm, but the machines/,
    ({ layers, builder }) =>
      builder.entries([builder.image(layers, { config: { architecture: 'wasm', os: 'wasip1' } })]),
  ],
  'an unknown artifact': [
    'the archive contains no container image, only an artifact that is not a container image',
    ({ builder }) => builder.entries([artifact(builder, 'application/x', 'application/y')]),
  ],
  'an attestation alone': [
    'the archive contains no container image, only an attestation (2 times)',
    ({ builder }) =>
      builder.entries(
        ['a', 'b'].map((text) =>
          artifact(builder, oci.config, 'application/vnd.in-toto+json', {
            architecture: 'unknown',
            os: 'unknown',
            rootfs: { diff_ids: [] },
            text,
          }),
        ),
      ),
  ],
  'an old schema 1 manifest': [
    'the archive contains no container image, only a manifest of the old schema 1',
    ({ builder }) =>
      builder.entries([builder.put({ schemaVersion: 1, fsLayers: [{ blobSum: 'sha256:0' }], history: [] })]),
  ],
};

describe('archives without exactly one image for our machines are refused', () => new GateSuite().refuses(archives));
