import assert from 'node:assert/strict';
import { ImageTree } from '../../../src/images/layers/image-tree.ts';
import { base, LayerSuite } from './layer-suite.ts';
import { file, folder, hardLink, header, layer, link, records, type Entry } from './layer-tar.ts';

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
  'a NUL in the name of a record': [layer({ name: 'f', pax: { 'a\0b': 'x' } }), /not a valid tar/],
  'a checksum of another header': [Buffer.from(layer(file('f'))).fill('g', 0, 1), /not a valid tar/],
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
  'an entry below a broken link': [layer(file('nowhere/f')), /below a link to no folder/],
  'an entry below a link to the host': [layer(link('s', '/var/lib/x'), file('s/f')), /below a link to no folder/],
  'an entry below a link out of the layer': [layer(file('out/f')), /points outside the image/],
  'an entry below a circle of links': [layer(file('round/f')), /below a link to no folder/],
  'a hard link to a missing file': [layer(hardLink('g', 'f')), /hard link to no file/],
  'a hard link before its file': [layer(hardLink('g', 'f'), file('f')), /hard link to no file/],
  'a hard link out of the layer': [layer(file('f'), hardLink('g', '../../f')), /hard link to no file/],
  'a hard link to a folder': [layer(folder('f'), hardLink('g', 'f')), /hard link to no file/],
  'a hard link to a lower layer': [layer(hardLink('g', 'etc/file')), /file of another layer/],
  'a hard link to a removed file': [layer(file('.wh.etc'), hardLink('g', 'etc/file')), /hard link to no file/],
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
  'an attribute whose name has a blank': [layer(attribute('user.a b', 'x')), /cannot be set/],
  'an attribute larger than any kernel takes': [layer(attribute('other.a', 'x'.repeat(2 ** 16 + 1))), /cannot be set/],
  'attributes larger than a block': [layer(attribute('user.a', 'x'.repeat(5_000))), /too many extended attributes/],
  'attributes of a link': [layer(attribute('user.a', 'x', link('l', 'x'))), /attributes of a file/],
};

describe('a layer of an image', () => {
  const suite = new LayerSuite();
  const onBase = async (bytes: Buffer): Promise<void> => {
    const tree = new ImageTree();
    await suite.inspect(base, tree);
    await suite.inspect(bytes, tree);
  };

  for (const [what, bytes] of Object.entries(sound)) it(`is sound with ${what}`, () => onBase(bytes));

  for (const [what, [bytes, words]] of Object.entries(unsound)) {
    it(`is refused with ${what}`, async () => {
      assert.match(await suite.refusalOf(onBase(bytes)), words);
    });
  }
});
