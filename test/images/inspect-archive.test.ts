import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { inspectArchive } from '../../src/images/inspect-archive.ts';
import { dockerEntries, ociEntries, sha256, tarOf, type TarEntry } from '../support/image-archives.ts';

describe('the gate for images', () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gate-'));
    path = join(folder, 'image.tar');
  });
  after(() => rm(folder, { recursive: true }));

  const inspect = async (bytes: Buffer, maxBytes = 2 ** 20) => {
    await writeFile(path, bytes);
    return await inspectArchive(path, { maxBytes });
  };
  /** The chain id of all layers but the last; the tiny images have no history. */
  const baseOf = async (layers: number): Promise<string> => {
    const config = (await dockerEntries({ layers })).find(({ name }) => /^[0-9a-f]{64}\.json$/.test(name));
    const [first, ...rest]: string[] = JSON.parse(String(config?.content)).rootfs.diff_ids;
    const below = rest.slice(0, -1).reduce((chain, layer) => `sha256:${sha256(`${chain} ${layer}`)}`, first ?? '');
    return below.slice('sha256:'.length);
  };
  const refusalOf = async (bytes: Buffer, maxBytes?: number): Promise<string> => {
    const result = await inspect(bytes, maxBytes);
    return result.kind === 'refused' ? result.why : assert.fail('accepted');
  };
  const edited = (entries: TarEntry[], name: RegExp, edit: (text: string) => string): TarEntry[] =>
    entries.map((entry) => (name.test(entry.name) ? { ...entry, content: edit(String(entry.content)) } : entry));

  it('accepts one image for linux/amd64 as OCI or docker archive, plain or gzipped', async () => {
    const oci = await tarOf(await ociEntries({ layers: 3 }));
    const docker = await tarOf(await dockerEntries({ layers: 3 }));
    for (const bytes of [oci, gzipSync(oci)])
      assert.deepEqual(await inspect(bytes), { kind: 'accepted', format: 'oci-archive', base: await baseOf(3) });
    for (const bytes of [docker, gzipSync(docker)]) {
      assert.deepEqual(await inspect(bytes), { kind: 'accepted', format: 'docker-archive', base: await baseOf(3) });
    }
  });

  it('accepts names with ./, as tar writes them, and folders', async () => {
    const entries = (await ociEntries()).map((entry) => ({ ...entry, name: `./${entry.name}` }));
    assert.equal((await inspect(await tarOf([{ name: './', type: 'directory' }, ...entries]))).kind, 'accepted');
  });

  it('accepts what skopeo writes', async () => {
    const archive = join(folder, 'skopeo.tar');
    await writeFile(path, await tarOf(await ociEntries({ layers: 2 })));
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci-archive:${path}`, `docker-archive:${archive}:a:b`]);
    assert.deepEqual(await inspectArchive(archive, { maxBytes: 2 ** 20 }), {
      kind: 'accepted',
      format: 'docker-archive',
      base: await baseOf(2),
    });
  });

  it('finds our image beside attestations and other platforms in an index', async () => {
    const nested = async (...platforms: string[]): Promise<Buffer> => {
      const entries = await ociEntries();
      const index = entries.at(-1);
      const [image] = JSON.parse(String(index?.content)).manifests;
      const manifests = platforms.map((platform) => {
        const [os, architecture] = platform.split('/');
        return { ...image, platform: { os, architecture } };
      });
      const content = JSON.stringify({ manifests });
      const digest = sha256(content);
      return await tarOf([
        ...entries.slice(0, -1),
        { name: `blobs/sha256/${digest}`, content },
        {
          name: 'index.json',
          content: JSON.stringify({ manifests: [{ digest: `sha256:${digest}`, size: content.length }] }),
        },
      ]);
    };
    assert.equal((await inspect(await nested('linux/amd64', 'unknown/unknown'))).kind, 'accepted');
    assert.equal((await inspect(await nested('linux/arm64', 'linux/amd64', 'unknown/unknown'))).kind, 'accepted');
    assert.match(
      await refusalOf(await nested('linux/arm64', 'linux/ppc64le')),
      /built for linux\/arm64, linux\/ppc64le, the machines/,
    );
    assert.match(await refusalOf(await nested('linux/amd64', 'linux/amd64')), /has 2 images/);
    assert.match(await refusalOf(await nested('unknown/unknown')), /has 0 images/);
  });

  it('names both platforms when an image is for another machine', async () => {
    for (const entries of [
      await ociEntries({ architecture: 'arm64' }),
      await dockerEntries({ architecture: 'arm64' }),
    ]) {
      assert.equal(
        await refusalOf(await tarOf(entries)),
        'the image is built for linux/arm64, the machines are linux/amd64: build it with --platform linux/amd64',
      );
    }
    assert.match(await refusalOf(await tarOf(await ociEntries({ os: 'windows' }))), /windows\/amd64/);
  });

  it('refuses too much: bytes, unpacked bytes, layers, JSON', async () => {
    const tar = await tarOf(await ociEntries());
    assert.match(await refusalOf(tar, tar.length - 1), /larger than the \d+ bytes allowed/);
    assert.match(
      await refusalOf(gzipSync(Buffer.alloc(2 ** 24)), 2 ** 20),
      /unpacks to more than the 1048576 bytes allowed/,
    );
    assert.match(await refusalOf(await tarOf(await ociEntries({ layers: 128 }))), /128 layers/);
    assert.equal((await inspect(await tarOf(await ociEntries({ layers: 127 })))).kind, 'accepted');
    const padded = edited(await ociEntries(), /index/, (text) => text + ' '.repeat(5 * 2 ** 20));
    assert.match(await refusalOf(await tarOf(padded), 2 ** 24), /index\.json is not JSON of at most/);
    const many = Array.from({ length: 9 }, (_, n) => ({ name: `${n}`, content: `{${' '.repeat(2 ** 22 - 1)}` }));
    assert.match(await refusalOf(await tarOf(many), 2 ** 26), /bytes of JSON/);
    const entries = Array.from({ length: 10_001 }, (_, n) => ({ name: `${n}` }));
    assert.match(await refusalOf(await tarOf(entries), 2 ** 26), /more than 10000 entries/);
  });

  it('refuses none and two images', async () => {
    const oci = edited(await ociEntries(), /index/, (text) => {
      const index = JSON.parse(text);
      return JSON.stringify({ ...index, manifests: [...index.manifests, ...index.manifests] });
    });
    const docker = edited(await dockerEntries(), /^manifest/, (text) =>
      JSON.stringify([...JSON.parse(text), ...JSON.parse(text)]),
    );
    assert.match(await refusalOf(await tarOf(oci)), /has 2 images; hand in exactly one/);
    assert.match(await refusalOf(await tarOf(docker)), /has 2 images; hand in exactly one/);
    assert.match(await refusalOf(await tarOf(edited(await dockerEntries(), /^manifest/, () => '[]'))), /has 0 images/);
    assert.match(
      await refusalOf(await tarOf([{ name: 'readme', content: 'x' }])),
      /neither index\.json .* nor manifest\.json/,
    );
  });

  it('refuses blobs that are missing, changed, of another size or to be fetched', async () => {
    const entries = await ociEntries();
    const layer = entries.findIndex(({ content }) => Buffer.isBuffer(content));
    const without = entries.toSpliced(layer, 1);
    assert.match(await refusalOf(await tarOf(without)), /lacks the blob sha256:/);
    const changed = [...without, { name: entries[layer]?.name ?? '', content: 'something else' }];
    assert.match(await refusalOf(await tarOf(changed)), /has other content/);
    const resized = edited(entries, /index/, (text) => text.replace(/"size":/, '"size":1'));
    assert.match(await refusalOf(await tarOf(resized)), /bytes, not the/);
    const fetched = edited(entries, /index/, (text) => text.replace(/"size"/, '"urls":["http://127.0.0.1/"],"size"'));
    assert.match(await refusalOf(await tarOf(fetched)), /fetched from elsewhere/);
    const docker = await dockerEntries();
    assert.match(await refusalOf(await tarOf(docker.slice(1))), /lacks/);
  });

  it('refuses JSON that is none or says something else', async () => {
    const entries = await ociEntries();
    const deep = '['.repeat(100_000);
    for (const text of ['', '{', '[]', '{"manifests":{}}', '{"manifests":[{"digest":"sha512:00","size":1}]}', deep]) {
      assert.match(await refusalOf(await tarOf(edited(entries, /index/, () => text))), /^index\.json is not/);
    }
    const outside = edited(await dockerEntries(), /^manifest/, (text) =>
      text.replace(/"Config":"[^"]+"/, '"Config":"../../etc/passwd"'),
    );
    assert.match(await refusalOf(await tarOf(outside)), /lacks "\.\.\/\.\.\/etc\/passwd"/);
  });

  const hostile: [string, TarEntry, RegExp][] = [
    ['a name with ..', { name: 'a/../../x' }, /leads out of it/],
    ['..', { name: '..', type: 'directory' }, /leads out of it/],
    ['an absolute name', { name: '/etc/passwd' }, /absolute name/],
    ['a control character', { name: 'a\u001B[2Jb' }, /unprintable/],
    ['a name that is not UTF-8', { name: 'a\uFFFDb' }, /unprintable/],
    ['an endless name', { name: 'x'.repeat(600) }, /longer than 512/],
    ['a doubled name', { name: 'oci-layout', content: '{}' }, /two entries named "oci-layout"/],
    ['a doubled name in disguise', { name: './/oci-layout', content: '{}' }, /two entries named "oci-layout"/],
    ['a symbolic link', { name: 'link', type: 'symlink', linkname: '/etc/shadow' }, /has a link/],
    ['a hard link', { name: 'link', type: 'link', linkname: 'oci-layout' }, /of type "link"/],
    ['a device', { name: 'sda', type: 'block-device', devmajor: 8 }, /of type "block-device"/],
    ['a character device', { name: 'null', type: 'character-device', devmajor: 1 }, /of type "character-device"/],
    ['a FIFO', { name: 'pipe', type: 'fifo' }, /of type "fifo"/],
  ];
  for (const [what, entry, why] of hostile) {
    it(`refuses ${what}`, async () => {
      assert.match(await refusalOf(await tarOf([...(await ociEntries()), entry])), why);
    });
  }

  it('refuses links of a docker archive that lead out of it, nowhere or to a link', async () => {
    for (const linkname of ['../../etc/shadow', '/etc/shadow', 'nowhere', 'layer.tar', '.']) {
      const link: TarEntry = { name: 'old-id/link', type: 'symlink', linkname };
      assert.match(await refusalOf(await tarOf([...(await dockerEntries()), link])), /link/);
    }
  });

  it('refuses an archive that is cut anywhere, or followed by something else', async () => {
    const tar = await tarOf(await ociEntries());
    const content = tar.length - 1_024;
    for (let length = 0; length < content; length += 97) await refusalOf(tar.subarray(0, length));
    const zipped = gzipSync(tar);
    for (let length = 3; length < zipped.length; length += 37) await refusalOf(zipped.subarray(0, length));
    assert.match(await refusalOf(Buffer.concat([tar, Buffer.alloc(512, 'x')])), /damaged/);
  });

  it('says plainly what other compressions and other files are', async () => {
    assert.match(await refusalOf(Buffer.from('28b52ffd00000000', 'hex')), /compressed with zstd/);
    assert.match(await refusalOf(Buffer.from('504b030400000000', 'hex')), /compressed with zip/);
    assert.match(await refusalOf(Buffer.from('not a tar at all'.repeat(100))), /damaged or cut short/);
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
    await writeFile(path, header);
    await truncate(path, 512 + bytes);
    const file = await open(path, 'a');
    await file.write(await tarOf(await dockerEntries()));
    await file.close();
    const before = process.memoryUsage().rss;
    assert.deepEqual(await inspectArchive(path, { maxBytes: 2 ** 32 }), {
      kind: 'accepted',
      format: 'docker-archive',
      base: null,
    });
    assert.ok(process.memoryUsage().rss - before < 100 * 2 ** 20);
  });

  it('throws when there is no file: that is no fault of a team', async () => {
    await assert.rejects(inspectArchive(join(folder, 'nothing.tar'), { maxBytes: 1 }), { code: 'ENOENT' });
  });
});
