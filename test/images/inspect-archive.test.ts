import assert from 'node:assert/strict';
import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { inspectArchive, type InspectedArchive } from '../../src/images/inspect-archive.ts';
import { GateRig } from '../support/images/gate-rig.ts';
import { dockerEntries, ociEntries, sha256, tarOf, type TarEntry } from '../support/images/image-archives.ts';

type Accepted = Extract<InspectedArchive, { kind: 'accepted' }>;

describe('the gate for images', () => {
  let rig: GateRig;
  before(async () => {
    rig = await GateRig.start();
  });
  after(() => rig.stop());

  const inspect = (bytes: Buffer, imageBytes = 2 ** 20): Promise<InspectedArchive> =>
    rig.inspect(bytes, { imageBytes, unpackedBytes: imageBytes });
  const accepted = async (bytes: Buffer): Promise<Accepted> => {
    const result = await inspect(bytes);
    return result.kind === 'accepted' ? result : assert.fail(result.why);
  };
  /** The chain id of all layers but the last; the tiny images have no history. */
  const baseOf = async (layers: number): Promise<string> => {
    const config = (await dockerEntries({ layers })).find(({ name }) => /^[0-9a-f]{64}\.json$/.test(name));
    const [first, ...rest]: string[] = JSON.parse(String(config?.content)).rootfs.diff_ids;
    const below = rest.slice(0, -1).reduce((chain, layer) => `sha256:${sha256(`${chain} ${layer}`)}`, first ?? '');
    return below.slice('sha256:'.length);
  };
  const refusalOf = async (bytes: Buffer, imageBytes?: number): Promise<string> => {
    const result = await inspect(bytes, imageBytes);
    return result.kind === 'refused' ? result.why : assert.fail('accepted');
  };
  const edited = (entries: TarEntry[], name: RegExp, edit: (text: string) => string): TarEntry[] =>
    entries.map((entry) => (name.test(entry.name) ? { ...entry, content: edit(String(entry.content)) } : entry));

  it('accepts one image for linux/amd64 as OCI or docker archive, plain or gzipped', async () => {
    for (const entries of [await ociEntries({ layers: 3 }), await dockerEntries({ layers: 3 })]) {
      const tar = await tarOf(entries);
      const { digest } = await accepted(tar);
      for (const bytes of [tar, gzipSync(tar)]) {
        const { layout: _, ...rest } = await accepted(bytes);
        assert.deepEqual(rest, { kind: 'accepted', digest, base: await baseOf(3), withheld: [] });
      }
    }
  });

  it('accepts folders, and names with ./ as tar writes them', async () => {
    const entries = (await ociEntries()).map((entry) => ({ ...entry, name: `./${entry.name}` }));
    assert.equal((await inspect(await tarOf([{ name: './', type: 'directory' }, ...entries]))).kind, 'accepted');
  });

  it('names both platforms when an image is for another machine', async () => {
    for (const entries of [
      await ociEntries({ architecture: 'arm64' }),
      await dockerEntries({ architecture: 'arm64' }),
    ]) {
      assert.equal(
        await refusalOf(await tarOf(entries)),
        'the image is built for linux/arm64, but the machines are linux/amd64: build it with --platform linux/amd64',
      );
    }
    assert.match(await refusalOf(await tarOf(await ociEntries({ os: 'windows' }))), /windows\/amd64/);
  });

  it('refuses archives over a limit: bytes, unpacked bytes, layers, JSON', async () => {
    const tar = await tarOf(await ociEntries());
    assert.match(await refusalOf(tar, tar.length - 1), /larger than the \d+ bytes allowed/);
    const bomb = gzipSync(await tarOf([{ name: 'bomb', content: Buffer.alloc(2 ** 24) }]));
    assert.match(await refusalOf(bomb, 2 ** 20), /unpacks to more than the 1048576 bytes allowed/);
    assert.match(await refusalOf(await tarOf(await ociEntries({ layers: 128 }))), /128 layers/);
    assert.equal((await inspect(await tarOf(await ociEntries({ layers: 127 })))).kind, 'accepted');
    const padded = edited(await ociEntries(), /index/, (text) => text + ' '.repeat(5 * 2 ** 20));
    assert.match(await refusalOf(await tarOf(padded), 2 ** 24), /index\.json is not JSON of at most/);
    const many = Array.from({ length: 9 }, (_, n) => `{${' '.repeat(2 ** 22 - 2 - n)}}`);
    const blobs = many.map((content) => ({ name: `blobs/sha256/${sha256(content)}`, content }));
    const manifests = many.map((content) => ({ digest: `sha256:${sha256(content)}`, size: content.length }));
    const bombs = [...blobs, { name: 'index.json', content: JSON.stringify({ manifests }) }];
    assert.match(await refusalOf(await tarOf(bombs), 2 ** 26), /bytes of JSON/);
    const entries = Array.from({ length: 10_001 }, (_, n) => ({ name: `${n}` }));
    assert.match(await refusalOf(await tarOf(entries), 2 ** 26), /more than 10000 entries/);
  });

  it('refuses blobs that are missing, changed, of another size or foreign', async () => {
    const entries = await ociEntries();
    const layer = entries.findIndex(({ content }) => Buffer.isBuffer(content));
    const without = entries.toSpliced(layer, 1);
    assert.match(await refusalOf(await tarOf(without)), /lacks the blob sha256:/);
    const changed = [...without, { name: entries[layer]?.name ?? '', content: 'something else' }];
    assert.match(await refusalOf(await tarOf(changed)), /has different content/);
    const resized = edited(entries, /index/, (text) => text.replace(/"size":/, '"size":1'));
    assert.match(await refusalOf(await tarOf(resized)), /bytes, not \d+ as/);
    const docker = await dockerEntries();
    assert.match(await refusalOf(await tarOf(docker.slice(1))), /lacks/);
  });

  it('refuses invalid or unexpected JSON', async () => {
    const entries = await ociEntries();
    const deep = '['.repeat(100_000);
    for (const text of ['', '{', '[]', '{"manifests":{}}', '{"manifests":[{"digest":1,"size":1}]}', deep]) {
      assert.match(
        await refusalOf(await tarOf(edited(entries, /index/, () => text))),
        /^index\.json is (?:invalid|not)/,
      );
    }
    const outside = edited(await dockerEntries(), /^manifest/, (text) =>
      text.replace(/"Config":"[^"]+"/, '"Config":"../../etc/passwd"'),
    );
    assert.match(await refusalOf(await tarOf(outside)), /lacks the image configuration that manifest\.json names/);
  });

  const hostile: [string, TarEntry, RegExp][] = [
    ['a name with ..', { name: 'a/../../x' }, /points outside the archive/],
    ['..', { name: '..', type: 'directory' }, /points outside the archive/],
    ['an absolute name', { name: '/etc/passwd' }, /absolute name/],
    ['a control character', { name: 'a\u001B[2Jb' }, /unprintable/],
    ['a name that is not UTF-8', { name: 'a\uFFFDb' }, /unprintable/],
    ['an endless name', { name: 'x'.repeat(600) }, /longer than 512/],
    [
      'a duplicate name',
      { name: 'oci-layout', content: '{}' },
      /entry 6 .* the same name as an earlier one, but different content/,
    ],
    ['a disguised duplicate name', { name: './/oci-layout', content: '{}' }, /the same name as an earlier one/],
    [
      'a link over a file',
      { name: 'oci-layout', type: 'symlink', linkname: 'index.json' },
      /the same name as an earlier one/,
    ],
    [
      'a link to an absolute path',
      { name: 'link', type: 'symlink', linkname: '/etc/shadow' },
      /link to an absolute path/,
    ],
    ['a link out of the archive', { name: 'a/link', type: 'symlink', linkname: '../../x' }, /link that points outside/],
    ['a hard link out of the archive', { name: 'a/link', type: 'link', linkname: '../x' }, /link that points outside/],
    ['a device', { name: 'sda', type: 'block-device', devmajor: 8 }, /is a device/],
    ['a character device', { name: 'null', type: 'character-device', devmajor: 1 }, /is a device/],
    ['a FIFO', { name: 'pipe', type: 'fifo' }, /is a named pipe/],
  ];
  for (const [what, entry, why] of hostile) {
    it(`refuses ${what}`, async () => {
      assert.match(await refusalOf(await tarOf([...(await ociEntries()), entry])), why);
    });
  }

  it('follows links of a docker archive inside it, and refuses those that lead nowhere or in a circle', async () => {
    const entries = await dockerEntries();
    const layer = entries[0]?.name ?? '';
    const through = (link: string): TarEntry[] => edited(entries, /^manifest/, (text) => text.replace(layer, link));
    await accepted(await tarOf(through('old-id/layer.tar')));
    for (const [linkname, why] of [
      ['nowhere', /lacks layer 1 that manifest\.json names/],
      ['.', /lacks layer 1/],
      ['link', /more than 8 links in a row/],
    ] as const) {
      const link: TarEntry = { name: 'old-id/link', type: 'symlink', linkname };
      assert.match(await refusalOf(await tarOf([...through('old-id/link'), link])), why);
    }
  });

  it('refuses an archive that is cut anywhere', async () => {
    const tar = await tarOf(await ociEntries());
    // The last block is partly padding, which no reader needs.
    const content = tar.length - 1_536;
    for (let length = 0; length < content; length += 97) await refusalOf(tar.subarray(0, length));
    const zipped = gzipSync(tar);
    for (let length = 3; length < zipped.length - 64; length += 37) await refusalOf(zipped.subarray(0, length));
  });

  it('refuses a compressed archive that is cut short or damaged, in these words', async () => {
    const packed = gzipSync(await tarOf(await ociEntries()));
    const flipped = Buffer.from(packed);
    flipped.writeUInt8(flipped.readUInt8(packed.length - 8) ^ 1, packed.length - 8);
    for (const bytes of [packed.subarray(0, packed.length >> 1), packed.subarray(0, -4), flipped]) {
      assert.equal(await refusalOf(bytes), 'the archive is damaged or cut short');
    }
  });

  it('names other compressions and other files', async () => {
    assert.match(await refusalOf(Buffer.from('fd377a585a000000', 'hex')), /compressed with xz/);
    assert.match(await refusalOf(Buffer.from('504b030400000000', 'hex')), /compressed with zip/);
    assert.match(await refusalOf(Buffer.from('not a tar at all'.repeat(100))), /damaged or not a tar/);
    assert.match(await refusalOf(Buffer.alloc(0)), /neither/);
  });

  it('refuses or accepts any damaged byte without throwing, in one printable line', async () => {
    const tar = await tarOf(await dockerEntries());
    const damage = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const damaged = Buffer.from(tar);
        for (const [at, value] of changes) damaged[at] = value;
        const result = await inspect(damaged);
        if (result.kind === 'refused') assert.doesNotMatch(result.why, /\p{C}/u);
      }),
      { numRuns: 200 },
    );
  });

  it('reads an archive of half a gigabyte in constant memory', async () => {
    // A sparse file as the layer: its header by hand, its content a hole.
    const bytes = 2 ** 29;
    const whole = await tarOf([{ name: 'big-layer', size: 0 }]);
    const header = whole.subarray(0, 512);
    header.write(bytes.toString(8).padStart(11, '0'), 124);
    header.write('        ', 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const path = join(rig.folder, 'big.tar');
    await writeFile(path, header);
    await truncate(path, 512 + bytes);
    const file = await open(path, 'a');
    await file.write(await tarOf(await dockerEntries()));
    await file.close();
    const before = process.memoryUsage().rss;
    const limits = { imageBytes: 2 ** 32, unpackedBytes: 2 ** 32 };
    const result = await inspectArchive(path, { limits, into: await rig.fresh() });
    assert.equal(result.kind, 'accepted');
    assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20);
  });

  it('throws when there is no file: that is not the team’s fault', async () => {
    const options = { limits: { imageBytes: 1, unpackedBytes: 1 }, into: await rig.fresh() };
    await assert.rejects(inspectArchive(join(rig.folder, 'nothing.tar'), options), { code: 'ENOENT' });
  });
});
