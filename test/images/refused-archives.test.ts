import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { GateRig } from '../support/images/gate-rig.ts';
import { sha256, tarOf, type TarEntry } from '../support/images/image-archives.ts';
import {
  configOf,
  dockerArchive,
  layersOf,
  oci,
  OciBuilder,
  type BuiltLayer,
  type Descriptor,
  type Fields,
} from '../support/images/oci-builder.ts';
import { paxOf, rawEntry } from '../support/images/raw-tar.ts';

interface Made {
  layers: BuiltLayer[];
  other: BuiltLayer[];
  builder: OciBuilder;
}
type Case = [why: string | RegExp, make: (made: Made) => TarEntry[] | Promise<TarEntry[]>];

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };
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
const withLayer = (made: Made, fields: Fields, keep = true): TarEntry[] => {
  const image = made.builder.image(made.layers.map((layer, n) => (n === 1 ? { ...layer, fields } : layer)));
  const name = `blobs/sha256/${sha256(gzipSync(made.layers[1]?.tar ?? ''))}`;
  return made.builder.entries([image]).filter((entry) => keep || entry.name !== name);
};
const disagreeing = (
  { layers, other, builder }: Made,
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
const swapped = (entries: TarEntry[], content: Buffer, other: string | Buffer): TarEntry[] =>
  entries.map((entry) =>
    Buffer.isBuffer(entry.content) && entry.content.equals(content) ? { ...entry, content: other } : entry,
  );

const archives: Record<string, Case> = {
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
  'an encrypted layer': [
    /^the layer sha256:[0-9a-f]{64} is encrypted$/,
    (made) => withLayer(made, { mediaType: `${oci.layer}+gzip+encrypted` }),
  ],
  'a foreign layer outside the archive': [
    /^the layer sha256:[0-9a-f]{64} would have to be fetched from elsewhere; the archive must contain all layers$/,
    (made) => withLayer(made, { urls: ['http://169.254.169.254/'] }, false),
  ],
  'a missing layer': [/^the archive lacks the blob sha256:[0-9a-f]{64}$/, (made) => withLayer(made, {}, false)],
  'a layer of another size': [/ bytes, not 1 as in its descriptor$/, (made) => withLayer(made, { size: 1 })],
  'a digest of another kind': [
    'the archive names a blob by a digest that is not sha256',
    (made) => withLayer(made, { digest: `sha512:${'0'.repeat(128)}` }),
  ],
  'a digest with a path out of the archive': [
    'the archive names a blob by a digest that is not sha256',
    (made) => withLayer(made, { digest: 'sha256:../../../etc/passwd' }),
  ],
  'a negative size': [/^an image manifest is invalid at layers\.1\.size$/, (made) => withLayer(made, { size: -1 })],
  'a blob whose content does not match its name': [
    /^the blob sha256:[0-9a-f]{64} has different content: its sha256 is [0-9a-f]{64}$/,
    ({ layers, other, builder }) =>
      swapped(builder.entries([builder.image(layers)]), gzipSync(layers[1]?.tar ?? ''), gzipSync(other[1]?.tar ?? '')),
  ],
  'no layers, null': [
    'the image has no layers',
    ({ layers, builder }) => builder.entries([builder.image(layers, { manifest: { layers: null } })]),
  ],
  'no layers, for docker load': [
    'the image has no layers',
    ({ layers }) => dockerArchive(layers, { manifest: { Layers: null } }),
  ],
  'layers that the archive of docker save lacks': [
    'the archive lacks layer 1 that manifest.json names',
    ({ layers }) => dockerArchive(layers, { manifest: { Layers: ['', 'nowhere.tar'] } }),
  ],
  'names in manifest.json with a path out of the archive': [
    'the archive lacks layer 1 that manifest.json names',
    ({ layers }) => dockerArchive(layers, { manifest: { Layers: ['../../../etc/passwd', '/etc/shadow'] } }),
  ],
  'a manifest that is an index as well': [
    'the archive has a manifest that is an index as well',
    ({ layers, other, builder }) =>
      builder.entries([builder.image(layers, { manifest: { manifests: [builder.image(other)] } })]),
  ],
  'nine nested indexes': [
    'the archive has more than 8 nested indexes',
    ({ layers, builder }) => {
      let top = builder.image(layers);
      for (let depth = 0; depth < 9; depth += 1) top = builder.index([top]);
      return builder.entries([top]);
    },
  ],
  'a huge manifest': [
    'the archive contains no container image, only a manifest of more than 4194304 bytes',
    ({ layers, builder }) => builder.entries([builder.image(layers, { manifest: { x: 'x'.repeat(5 * 2 ** 20) } })]),
  ],
  'JSON nested without end': [
    'the archive contains no container image, only a file that is not a manifest',
    ({ builder }) => builder.entries([builder.put(Buffer.from(`${'['.repeat(1e6)}${']'.repeat(1e6)}`))]),
  ],
  'an endlessly nested configuration': [
    /^the image configuration is not JSON of at most 4194304 bytes$/,
    ({ layers }) =>
      dockerArchive(layers, { configName: 'config' }).map((entry) =>
        entry.name === 'config' ? { ...entry, content: `{"a":${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5 + 1)}` } : entry,
      ),
  ],
  'a folder around the layout': [
    'the archive has its index.json or manifest.json in a folder; both belong at the top: tar -C FOLDER -cf image.tar .',
    ({ layers, builder }) =>
      builder.entries([builder.image(layers)]).map((entry) => ({ ...entry, name: `image/${entry.name}` })),
  ],
  'docker save before 1.10': [
    /^the archive was written by a Docker older than 1\.10/,
    () => [
      { name: 'repositories', content: '{"a":{"1":"id"}}' },
      { name: 'id/json', content: '{}' },
    ],
  ],
  'an exported container': [
    'the archive has neither index.json (OCI) nor manifest.json (docker save)',
    () => [
      { name: 'bin/sh', content: 'x' },
      { name: 'etc/passwd', content: 'root' },
    ],
  ],
  'manifest.json of another kind': [
    'manifest.json is invalid',
    ({ layers, builder }) => [
      { name: 'manifest.json', content: JSON.stringify({ layers, builder: builder.blobs.size }) },
    ],
  ],
};

describe('archives that are refused', () => {
  let rig: GateRig;
  let layers: BuiltLayer[];
  let other: BuiltLayer[];
  before(async () => {
    rig = await GateRig.start();
    layers = await layersOf('the one to run');
    other = await layersOf('another one');
  });
  after(() => rig.stop());

  const refusalOf = async (archive: Buffer): Promise<string> => {
    const result = await rig.inspect(archive);
    return result.kind === 'refused' ? result.why : assert.fail('accepted');
  };

  for (const [what, [why, make]] of Object.entries(archives)) {
    it(`with one sentence: ${what}`, async () => {
      const refusal = await refusalOf(await tarOf(await make({ layers, other, builder: new OciBuilder() })));
      if (typeof why === 'string') assert.equal(refusal, why);
      else assert.match(refusal, why);
    });
  }

  /** Bytes before an otherwise valid archive. */
  const tampered: [what: string, why: RegExp, bytes: () => Buffer][] = [
    [
      'a header that renames an entry for some readers',
      /^entry 1 of the archive has a header that archive readers interpret differently$/,
      () =>
        Buffer.concat([
          rawEntry('x', 'PaxHeaders/readme', paxOf({ 'GNU.sparse.name': 'index.json', 'GNU.sparse.major': '1' })),
          rawEntry('0', 'readme', '{"manifests":[]}'),
        ]),
    ],
    [
      'a header that gives an entry another size for some readers',
      /^entry 1 .* interpret differently$/,
      () => Buffer.concat([rawEntry('x', 'p', paxOf({ 'SCHILY.realsize': '5' })), rawEntry('0', 'a', 'x')]),
    ],
    [
      'a sparse file in the old GNU format',
      /^entry 1 of the archive is a sparse file;/,
      () => rawEntry('S', 'index.json', 'x'),
    ],
    ['a volume label', /^entry 1 of the archive is of an unknown type;/, () => rawEntry('V', 'label')],
    [
      'one name for all entries',
      /^entry 1 .* gives all entries one name or size$/,
      () => rawEntry('g', 'pax', paxOf({ path: 'index.json' })),
    ],
    [
      'records with wrong lengths',
      /^entry 1 of the archive has a damaged header$/,
      () => rawEntry('x', 'p', '99 path=index.json\n'),
    ],
    [
      'a link with content',
      /^entry 1 of the archive is a symbolic link with content$/,
      () => rawEntry('2', 'a', 'xx', { link: 'b' }),
    ],
    ['a folder with content', /^entry 1 of the archive is a folder with content$/, () => rawEntry('5', 'a/', 'xx')],
    [
      'a size in an extended header that does not fit the archive',
      /cut short/,
      () => Buffer.concat([rawEntry('x', 'p', paxOf({ size: '99999999' })), rawEntry('0', 'a', 'x')]),
    ],
    [
      'a size that is not a number',
      /^entry 1 .* damaged header$/,
      () => Buffer.concat([rawEntry('x', 'p', paxOf({ size: '-1' })), rawEntry('0', 'a')]),
    ],
    ['a size beyond the archive', /cut short/, () => rawEntry('0', 'a', '', { size: 2 ** 32 })],
    ['an endless header', /header of more than 1048576 bytes/, () => rawEntry('L', 'a', '', { size: 2 ** 31 })],
    [
      'many extended headers in a row',
      /^entry 1 of the archive has more than 4 headers$/,
      () => Buffer.concat(Array.from({ length: 5 }, () => rawEntry('x', 'p', paxOf({ path: 'a' })))),
    ],
    [
      'a long name with a path out of the archive',
      /points outside the archive/,
      () => Buffer.concat([rawEntry('L', 'l', '../x\0'), rawEntry('0', 'a')]),
    ],
    [
      'a name in a header with a path out of the archive',
      /absolute name/,
      () => Buffer.concat([rawEntry('x', 'p', paxOf({ path: '/x' })), rawEntry('0', 'a')]),
    ],
    [
      'a wrong checksum',
      /^entry 1 of the archive cannot be read: the archive is damaged or not a tar$/,
      () => rawEntry('0', 'a').fill('b', 0, 1),
    ],
  ];
  for (const [what, why, bytes] of tampered) {
    it(`with one sentence: ${what}`, async () => {
      const builder = new OciBuilder();
      const sound = await tarOf(builder.entries([builder.image(layers)]));
      assert.match(await refusalOf(Buffer.concat([bytes(), sound])), why);
    });
  }

  it('without leaving files outside their folder', async () => {
    const before = await readdir(rig.folder);
    const escaping = ['../../escaped', '/tmp/escaped', 'a/../../escaped'].map((name) => rawEntry('0', name, 'x'));
    for (const entry of escaping) await refusalOf(entry);
    const after = await readdir(rig.folder);
    assert.equal(after.length, before.length + escaping.length);
  });
});
