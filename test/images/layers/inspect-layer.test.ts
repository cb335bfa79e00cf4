import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { ImageTree } from '../../../src/images/layers/image-tree.ts';
import { inspectLayer } from '../../../src/images/layers/inspect-layer.ts';
import { Refusal } from '../../../src/images/refusal.ts';
import { file, folder, hardLink, header, layer, link, records, type Entry } from './layer-tar.ts';

const limit = 2 ** 24;
const base = layer(
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
const long = `${'folder/'.repeat(30)}file`;
const capability = (revision: number, length: number): Buffer => {
  const value = Buffer.alloc(length);
  value[3] = revision;
  return value;
};
const attribute = (name: string, value: string | Buffer, entry: Entry = file('f')): Entry => ({
  ...entry,
  pax: { [`SCHILY.xattr.${name}`]: value },
});
const base256 = (bytes: number[]): Buffer =>
  Buffer.from([...Array.from({ length: 12 - bytes.length }, (_, n) => (n === 0 ? 0x80 : 0)), ...bytes]);

/** Valid layers, which podman 4.3 unpacks with overlay. */
const sound: Record<string, Buffer> = {
  'an empty file': Buffer.alloc(0),
  'only the end mark': layer(),
  'no end mark': layer(file('f')).subarray(0, 1024),
  'one zero block': layer(file('f')).subarray(0, 1536),
  'data after the end mark': Buffer.concat([layer(file('f')), Buffer.from('garbage')]),
  'names with ./ and /, as kaniko writes them': layer(folder('./'), file('./f'), file('/g'), folder('h//i/')),
  'folders without entries': layer(file('a/b/c')),
  'a path through a link of the layer': layer(folder('t'), link('s', 't'), file('s/f')),
  'a path through a link of a lower layer': layer(file('to-data/f')),
  'links anywhere': layer(link('a', '/proc/self'), link('b', '../../../etc'), link('c', 'c')),
  'a hard link': layer(file('f'), hardLink('g', 'f'), hardLink('h', './f'), hardLink('i', '/f')),
  'a hard link to a link': layer(link('f', 'x'), hardLink('g', 'f')),
  'a hard link through a linked folder': layer(file('t/f'), link('s', 't'), hardLink('g', 's/f')),
  removals: layer(file('data/.wh.a'), file('.wh.etc'), file('data/.wh.not-there')),
  'a removal that is a hard link, as aufs has it': layer(hardLink('.wh.etc', '.wh..wh.aufs')),
  'a file that replaces a removed one': layer(file('data/.wh.a'), file('data/a')),
  'an emptied folder': layer(folder('data'), file('data/.wh..wh..opq'), file('data/a')),
  'metadata of aufs': layer(file('.wh..wh.aufs'), file('.wh..wh.plnk/1.2'), hardLink('h', '.wh..wh.plnk/1.2')),
  'a file in place of a folder, and the reverse': layer(file('data'), folder('etc/file'), file('etc/file/f')),
  'a folder in place of a link': layer(folder('to-data'), file('to-data/f')),
  'names that are not UTF-8': layer(file('Icon\r'), { name: Buffer.from([0xff, 0xfe]) }, file('a\nb'), file('…')),
  'long names in the prefix field': layer({ name: 'f', prefix: 'a/b' }),
  'long names in PAX': layer({ name: 'short', pax: { path: long } }, { name: 'l', type: '2', pax: { linkpath: long } }),
  'long names in GNU format': layer(
    { name: '././@LongLink', type: 'L', content: `${long}\0` },
    { name: 'cut', magic: 'ustar  \0' },
  ),
  'long links in GNU format': layer(
    { name: '././@LongLink', type: 'K', content: `${long}\0` },
    { name: 'l', type: '2', magic: 'ustar  \0' },
  ),
  'a GNU header with times': layer({ name: 'f', magic: 'ustar  \0', prefix: '13627063642\x0013627063642' }),
  'a prefix as Go 1.7 wrote it': layer({ name: 'f', magic: 'ustar  \0', prefix: 'some/folder' }),
  'a tar in the format of 1979': layer({ name: 'f', magic: '' }, { name: 'd/', magic: '', type: '\0' }),
  'a name of 255 bytes': layer({ name: 'n', pax: { path: 'n'.repeat(255) } }),
  'a size in binary': layer({ name: 'f', content: 'x', size: base256([1]) }),
  'a size in PAX': layer({ name: 'f', content: 'xyz', size: 0, pax: { size: '3' } }),
  'large owners': layer({
    name: 'f',
    pax: { uid: '2000000000', gid: '4294967294', mtime: '-5.5', atime: '1583000000.123' },
  }),
  'a global header, as git writes it': layer(
    { name: 'pax_global_header', type: 'g', content: records({ comment: 'abc' }) },
    file('f'),
  ),
  attributes: layer(
    attribute('user.note', 'x'),
    attribute('security.capability', capability(2, 20), file('g')),
    attribute('com.apple.quarantine', 'x'.repeat(5_000), file('h')),
  ),
  'other records of PAX': layer({
    name: 'f',
    pax: { 'LIBARCHIVE.creationtime': '1', 'SCHILY.dev': '1', hdrcharset: 'BINARY', uname: 'ü' },
  }),
  'set-user-id and sticky bits': layer(file('su', 'x', 0o4755), folder('tmp', 0o1777)),
};

/** Invalid layers, and the text of the refusal. */
const unsound: Record<string, [Buffer, RegExp]> = {
  'a file that is not a tar': [
    Buffer.from('not a tar at all'.repeat(100)),
    /not a valid tar: it is damaged, encrypted or in another format \(layer 2, entry 0\)/,
  ],
  'a header cut short': [layer(file('f')).subarray(0, 100), /its tar ends within an entry/],
  'content cut short': [layer(file('f', 'x'.repeat(2_000))).subarray(0, 1_500), /its tar ends within an entry/],
  'nothing after an extended header': [
    layer({ name: 'f', pax: { path: 'g' } }).subarray(0, 1_024),
    /its tar ends within an entry/,
  ],
  'a wrong check sum': [layer(header(file('f')).fill('9', 100, 101)), /not a valid tar/],
  'an entry between the zero blocks': [Buffer.concat([Buffer.alloc(512), layer(file('f'))]), /not a valid tar/],
  'a size that is not a number': [layer({ name: 'f', size: Buffer.from('12x45678901\0') }), /not a valid tar/],
  'a negative size': [layer({ name: 'f', size: Buffer.alloc(12, 0xff) }), /not a valid tar/],
  'an infinite size': [layer({ name: 'f', size: base256(Array.from({ length: 11 }, () => 0xff)) }), /not a valid tar/],
  'an invalid date': [layer({ name: 'f', pax: { mtime: 'nan' } }), /not a valid tar/],
  'another magic and further fields': [layer({ name: 'f', magic: 'ustar7xx' }), /not a valid tar/],
  'a tar in the format of star': [
    layer(header(file('f'), (block) => void block.write('tar\0', 508))),
    /written by star/,
  ],
  'records without an end': [layer({ name: 'p', type: 'x', content: '30 path=x\n' }, file('f')), /not a valid tar/],
  'records without a key': [layer({ name: 'p', type: 'x', content: '5 =x\n' }, file('f')), /not a valid tar/],
  'a NUL in a path': [layer({ name: 'f', pax: { path: 'a\0b' } }), /not a valid tar/],
  'a header larger than a MiB': [
    layer({ name: 'p', type: 'x', content: records({ comment: 'x'.repeat(2 ** 20) }) }, file('f')),
    /not a valid tar/,
  ],
  'a duplicate record': [
    layer(
      { name: 'p', type: 'x', content: Buffer.concat([records({ path: 'a' }), records({ path: 'b' })]) },
      file('f'),
    ),
    /has a record twice/,
  ],
  'two names': [
    layer({ name: 'L', type: 'L', content: 'a\0' }, { name: 'f', pax: { path: 'b' } }),
    /two headers that give its name/,
  ],
  'two extended headers': [
    layer({ name: 'p', type: 'x', content: records({ path: 'a' }) }, { name: 'f', pax: { path: 'b' } }),
    /two headers that give its name/,
  ],
  'two sizes': [layer({ name: 'f', content: 'xyz', pax: { size: '1' } }), /two different sizes/],
  'a name in a global header': [
    layer({ name: 'g', type: 'g', content: records({ path: 'x' }) }, file('f')),
    /global extended header/,
  ],
  'a sparse file in PAX format': [
    layer({ name: 'f', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.name': 'index.json' } }),
    /sparse file/,
  ],
  'a sparse file in the format of star': [layer({ name: 'f', pax: { 'SCHILY.realsize': '10' } }), /sparse file/],
  'a sparse file in GNU format': [layer({ name: 'f', type: 'S' }), /a sparse file/],
  'a character device': [layer({ name: 'dev/null', type: '3' }), /a device/],
  'a block device': [layer({ name: 'dev/sda', type: '4' }), /a device/],
  'a FIFO': [layer({ name: 'f', type: '6' }), /named pipe/],
  'a contiguous file': [layer({ name: 'f', type: '7' }), /unknown type/],
  'an unknown type': [layer({ name: 'f', type: 'Z' }), /unknown type/],
  'a folder with content': [layer({ ...folder('d'), content: 'x' }), /content of its own/],
  'a link with content': [layer({ ...link('l', 'x'), content: 'x' }), /content of its own/],
  'a file that ends with a slash': [layer(file('f/')), /ends with a slash/],
  'a name with a path out of the layer': [layer(file('../f')), /"\.\."/],
  'a name with .. in it': [layer(file('a/../f')), /"\.\."/],
  'a name of 256 bytes': [layer({ name: 'n', pax: { path: 'n'.repeat(256) } }), /longer than 255 bytes/],
  'a folder of 256 bytes': [layer({ name: 'n', pax: { path: `${'n'.repeat(256)}/f` } }), /longer than 255 bytes/],
  'a path of 4,200 bytes': [
    layer({ name: 'n', pax: { path: `${'n'.repeat(199)}/`.repeat(21) + 'f' } }),
    /longer than 4094 bytes/,
  ],
  'a file as root': [layer(file('.')), /in place of the root/],
  'a link as root': [layer(link('./', 'data')), /in place of the root/],
  'a duplicate file': [layer(file('f'), file('./f')), /two entries of one name \(layer 2, entry 2\)/],
  'a duplicate folder': [layer(folder('d'), folder('d/')), /two entries of one name/],
  'a folder and a file with one name': [layer(file('d/f'), file('d')), /two entries of one name/],
  'an entry below a file': [layer(file('f'), file('f/g')), /below a file/],
  'an entry below a file of a lower layer': [layer(file('etc/file/g')), /below a file/],
  'an entry below a broken link': [layer(file('nowhere/f')), /below a link that leads to no folder/],
  'an entry below a link to the host': [
    layer(link('s', '/var/lib/x'), file('s/f')),
    /below a link that leads to no folder/,
  ],
  'an entry below a link out of the layer': [layer(file('out/f')), /leads out of the image/],
  'an entry below a circle of links': [layer(file('round/f')), /below a link that leads to no folder/],
  'a hard link to a missing file': [layer(hardLink('g', 'f')), /leads to no file/],
  'a hard link before its file': [layer(hardLink('g', 'f'), file('f')), /leads to no file/],
  'a hard link out of the layer': [layer(file('f'), hardLink('g', '../../f')), /leads to no file/],
  'a hard link to a folder': [layer(folder('f'), hardLink('g', 'f')), /leads to no file/],
  'a hard link to a lower layer': [layer(hardLink('g', 'etc/file')), /file of another layer/],
  'a hard link to a removed file': [layer(file('.wh.etc'), hardLink('g', 'etc/file')), /leads to no file/],
  'a link without a target': [layer(link('l', '')), /target is empty/],
  'a removal without a name': [layer(file('data/.wh.')), /marks a folder itself/],
  'a removal of the folder': [layer(file('data/.wh..')), /marks a folder itself/],
  'a removal of the folder above': [layer(file('data/.wh...')), /marks a folder itself/],
  'a removal above the root': [layer(file('.wh...')), /marks a folder itself/],
  'an entry below a removal': [layer(file('.wh.a/b')), /below a name that marks a removal/],
  'a removal in a removal': [layer(file('.wh..wh..opq/b')), /below a name that marks a removal/],
  'an addition and a removal': [layer(file('n/f'), file('n/.wh.f')), /both adds and removes/],
  'a removal of everything': [layer(file('.wh..wh..opq')), /removes all files/],
  'a reserved name in a folder': [layer(file('data/.wh..wh.x')), /reserved name/],
  'attributes of overlay': [layer(attribute('trusted.overlay.opaque', 'y', folder('data'))), /overlay file system/],
  'attributes of rootless overlay': [layer(attribute('user.overlay.redirect', '/etc')), /overlay file system/],
  'invalid capabilities': [layer(attribute('security.capability', 'x')), /cannot be set/],
  'access control lists': [layer(attribute('system.posix_acl_access', 'x')), /cannot be set/],
  'attributes larger than a block': [layer(attribute('user.a', 'x'.repeat(5_000))), /too many extended attributes/],
  'attributes of a link': [layer(attribute('user.a', 'x', link('l', 'x'))), /attributes of a file/],
};

/** A frame of one raw block, without a checksum and with a window of 128 KiB. */
const rawFrame = (bytes: Buffer): Buffer => {
  const block = Buffer.alloc(3);
  block.writeUIntLE((bytes.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from('28b52ffd0038', 'hex'), block, bytes]);
};
/** A tar of forty files as zstd 1.5 compresses it, with a checksum. */
const zstdFrame = Buffer.from(
  'KLUv/WQAwy0UACbVMBaQKx0o/VXes7vjIURKKVNyxPrLfdwBMwAmACcAVkXqnPgbT08TlQt7HITEwUAMGIiE4BgUGK65ZaYoAoxFo8xROnNHLrO9peqmDGBwMBACZazOtK8qqecpKt++6KVrZ3LZTuvecnpGnzL5PCFiM3K9j1ZjYzmuOprNNZZ7VyRPUeFvPDXtqe/M+nTmmHpjJm2ZJURqN4Q3vbGjdRqFyTt2IncV73cd7XTGelGRPlYi/u3Z6Q/57NuXc9ucyZ8QoTHCC4DPqJDOnZKkzcCWwjKSNAciECiEYIRAwTgKQRCCXyEYIUAQBIFTah97sD0rUdR7HINRqBqX4oArbFcwWM4JigN8r+1HbiJT5Q2YRtEb7eW2MIniAD83vE6UXrrwBiTxSNsMRt36wRvg3BbbjrjJmEZRHBDFe85BepUGb8BLSlqPUsPURXHAnhucEQ2UenEAvTf8caYm4eKAGbRZ8jklieIA/Gxu5cUjGcUBN2tMTLFEWnkDnOlm+203OdAwigNq3Ib4gL/rDLjX+LwBmIrWLx/Bc+ENAPbJLlVKForv+2Uv2VsUBxDX2+jcXHveACH/0nqRCPvyBvBRXs98te2aN0B5gVaagLTSGLwB7ufXNyr8j393s9dr4ENZwRsAwwr9dv0R069SNiDhe313i+mXu4Oz3rIWUEdkhjVyvAEM7GhdBxgjvLBUHXgDFBv0kR8HHWu8A/17zyonYJYEnqt1U0VkCG6z8drud0DWg1T33co/+2wVZAaPi1IPvAGIxXJVR6YZvBinWYySDVhs5gd+XlSyfSee7KF+0hm8ijTuQK+8qANMME8zVoIbg+P5JQbYOacNAJO15POzqQECYPTPWzWlX0M=',
  'base64',
);
const inZstd = layer(
  ...Array.from({ length: 40 }, (_, n) => file(`file-${n}`, `the content of file ${n}\n`.repeat(n))),
);

describe('a layer of an image', () => {
  let folderPath: string;
  let path: string;
  before(async () => {
    folderPath = await mkdtemp(join(tmpdir(), 'layer-'));
    path = join(folderPath, 'layer');
  });
  after(() => rm(folderPath, { recursive: true }));

  const inspect = async (bytes: Buffer, tree = new ImageTree(), unpackedBytes = limit) => {
    await writeFile(path, bytes);
    return await inspectLayer(path, { unpackedBytes }, tree);
  };
  const onBase = async (bytes: Buffer): Promise<ImageTree> => {
    const tree = new ImageTree();
    await inspect(base, tree);
    await inspect(bytes, tree);
    return tree;
  };
  const refusalOf = async (inspecting: Promise<unknown>): Promise<string> => {
    try {
      await inspecting;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
    return assert.fail('accepted');
  };

  for (const [what, bytes] of Object.entries(sound)) it(`is sound with ${what}`, () => onBase(bytes).then(() => {}));

  for (const [what, [bytes, words]] of Object.entries(unsound)) {
    it(`is refused with ${what}`, async () => {
      assert.match(await refusalOf(onBase(bytes)), words);
    });
  }

  it('has the digest of its decompressed content', async () => {
    const diffId = `sha256:${createHash('sha256').update(base).digest('hex')}`;
    const inTwo = [base.subarray(0, 700), base.subarray(700)] as const;
    const skippable = Buffer.from('502a4d180400000061626364', 'hex');
    for (const [compression, bytes] of [
      ['none', base],
      ['gzip', gzipSync(base)],
      ['gzip', Buffer.concat(inTwo.map((part) => gzipSync(part)))],
      ['zstd', Buffer.concat([rawFrame(inTwo[0]), skippable, rawFrame(inTwo[1]), skippable])],
    ] as const) {
      assert.deepEqual(await inspect(bytes), { diffId, compression, unpackedBytes: base.length });
    }
    const { diffId: ofZstd } = await inspect(zstdFrame);
    assert.equal(ofZstd, `sha256:${createHash('sha256').update(inZstd).digest('hex')}`);
  });

  it('is refused when it is cut short, changed, or has trailing data', async () => {
    const damaged = /layer 1 of the image is damaged or cut short/;
    const changed = (bytes: Buffer, at: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
      return copy;
    };
    const gzip = gzipSync(base);
    const frame = zstdFrame;
    for (const bytes of [
      ...[3, 8, 9, 200].map((cut) => gzip.subarray(0, -cut)),
      changed(gzip, gzip.length - 6),
      Buffer.concat([gzip, Buffer.from('garbage')]),
      Buffer.concat([gzip, Buffer.alloc(100)]),
      Buffer.concat([gzip, Buffer.alloc(100), gzip]),
      ...[1, 4, 20, frame.length - 5].map((cut) => frame.subarray(0, -cut)),
      Buffer.concat([frame, Buffer.from('garbage')]),
      Buffer.concat([frame, Buffer.alloc(100)]),
    ]) {
      assert.match(await refusalOf(inspect(bytes)), damaged);
    }
    for (const [magic, name] of [
      ['fd377a585a00', 'xz'],
      ['425a6839', 'bzip2'],
      ['504b0304', 'zip'],
    ] as const) {
      const bytes = Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(100)]);
      assert.match(await refusalOf(inspect(bytes)), new RegExp(`compressed with ${name}; layers must be plain`));
    }
    // A window of 256 MiB, which the reader would need as memory.
    assert.match(await refusalOf(inspect(Buffer.from('28b52ffd0090010000', 'hex'))), damaged);
  });

  it('is refused during decompression, as soon as it exceeds the limit', async () => {
    const zeros = layer(file('zeros', Buffer.alloc(2 ** 23)));
    for (const bytes of [zeros, gzipSync(zeros)]) {
      assert.match(await refusalOf(inspect(bytes, new ImageTree(), 2 ** 22)), /more bytes than the limit/);
    }
    // Four bytes for each 128 KiB; all of it would be 64 GiB.
    const block = Buffer.from([0x02 | (((2 ** 17) << 3) & 0xff), ((2 ** 20) >> 8) & 0xff, (2 ** 20) >> 16, 0]);
    const bomb = Buffer.concat([Buffer.from('28b52ffd0038', 'hex'), ...Array.from({ length: 2 ** 19 }, () => block)]);
    assert.match(await refusalOf(inspect(bomb, new ImageTree(), 2 ** 26)), /more bytes than the limit/);
  });

  it('is accepted or refused in one printable line, whatever byte is damaged', async () => {
    for (const whole of [base, gzipSync(base), zstdFrame]) {
      const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
      const property = fc.asyncProperty(damage, async (changes) => {
        const damaged = Buffer.from(whole);
        for (const [at, value] of changes) damaged[at] = value;
        const why = await inspect(damaged).then(
          () => '',
          (error: unknown) => (error instanceof Refusal ? error.message : Promise.reject(error as Error)),
        );
        assert.doesNotMatch(why, /\p{C}/u);
      });
      await fc.assert(property, { numRuns: 200 });
    }
  });

  it('is refused with paths that would take hours to follow', async () => {
    const deep = Array.from({ length: 2_000 }, () => 'd').join('/');
    const entries = Array.from({ length: 6_000 }, (_, n): Entry => ({
      name: 'f',
      pax: { path: `${deep}/${n % 2}/${n}` },
    }));
    assert.match(await refusalOf(inspect(gzipSync(layer(...entries)), new ImageTree(), 2 ** 30)), /too deep/);
  });
});
