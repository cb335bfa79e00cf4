import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { GateSuite, type Parts, type RefusedArchive } from '../support/images/gate-suite.ts';
import { sha256, type TarEntry } from '../support/images/image-archives.ts';
import { dockerArchive, oci, type Fields } from '../support/images/oci-builder.ts';
import { paxOf, rawEntry } from '../support/images/raw-tar.ts';

const withLayer = (made: Parts, fields: Fields, keep = true): TarEntry[] => {
  const image = made.builder.image(made.layers.map((layer, n) => (n === 1 ? { ...layer, fields } : layer)));
  const name = `blobs/sha256/${sha256(gzipSync(made.layers[1]?.tar ?? ''))}`;
  return made.builder.entries([image]).filter((entry) => keep || entry.name !== name);
};
const swapped = (entries: TarEntry[], content: Buffer, other: string | Buffer): TarEntry[] =>
  entries.map((entry) =>
    Buffer.isBuffer(entry.content) && entry.content.equals(content) ? { ...entry, content: other } : entry,
  );

const archives: Record<string, RefusedArchive> = {
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
  const gate = new GateSuite();
  gate.refuses(archives);

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
    ['a size below zero', /^entry 1 of the archive has a damaged header$/, () => rawEntry('0', 'a', '', { size: -1 })],
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
      'a name that is too long',
      /^entry 1 of the archive has a name longer than 512 characters$/,
      () => Buffer.concat([rawEntry('L', 'l', `${'n'.repeat(600)}\0`), rawEntry('0', 'a')]),
    ],
    [
      'a name with unprintable characters',
      /^entry 1 of the archive has a name with unprintable characters$/,
      () => rawEntry('0', 'a\u001b[31m'),
    ],
    [
      'a link to an absolute path',
      /^entry 1 of the archive is a link to an absolute path$/,
      () => rawEntry('2', 'a', '', { link: '/etc/passwd' }),
    ],
    [
      'a link out of the archive',
      /^entry 1 of the archive is a link that points outside the archive$/,
      () => rawEntry('2', 'a/b', '', { link: '../../x' }),
    ],
    [
      'more entries than any image has',
      /^the archive has more than 10000 entries$/,
      () => Buffer.concat(Array.from({ length: 10_001 }, (_, n) => rawEntry('0', `e${n}`))),
    ],
    [
      'a wrong checksum',
      /^entry 1 of the archive cannot be read: the archive is damaged or not a tar$/,
      () => rawEntry('0', 'a').fill('b', 0, 1),
    ],
  ];
  for (const [what, why, bytes] of tampered) {
    it(`with one sentence: ${what}`, async () => {
      const sound = await gate.archive(({ builder, layers }) => builder.entries([builder.image(layers)]));
      assert.match(await gate.refusalOf(Buffer.concat([bytes(), sound])), why);
    });
  }

  it('with one sentence: an extended header that is cut short', async () => {
    for (const size of [1_024, 2_000]) {
      assert.equal(await gate.refusalOf(rawEntry('L', 'a', '', { size })), 'the archive is cut short');
    }
  });

  it('without leaving files outside their folder', async () => {
    const before = await readdir(gate.rig.folder);
    const escaping = ['../../escaped', '/tmp/escaped', 'a/../../escaped'].map((name) => rawEntry('0', name, 'x'));
    for (const entry of escaping) await gate.refusalOf(entry);
    const after = await readdir(gate.rig.folder);
    assert.equal(after.length, before.length + escaping.length);
  });
});
