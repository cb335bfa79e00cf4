import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { ImageTree } from '../../../src/images/layers/image-tree.ts';
import { Refusal } from '../../../src/images/refusal.ts';
import { base, LayerSuite } from './layer-suite.ts';
import { file, layer, type Entry } from './layer-tar.ts';

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

describe('the file of a layer', () => {
  const suite = new LayerSuite();

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
      assert.deepEqual(await suite.inspect(bytes), { diffId, compression, unpackedBytes: base.length });
    }
    const { diffId: ofZstd } = await suite.inspect(zstdFrame);
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
      assert.match(await suite.refusalOf(suite.inspect(bytes)), damaged);
    }
    for (const [magic, name] of [
      ['fd377a585a00', 'xz'],
      ['425a6839', 'bzip2'],
      ['504b0304', 'zip'],
    ] as const) {
      const bytes = Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(100)]);
      assert.match(
        await suite.refusalOf(suite.inspect(bytes)),
        new RegExp(`compressed with ${name}; layers must be plain`),
      );
    }
    // A window of 256 MiB, which the reader would need as memory.
    assert.match(await suite.refusalOf(suite.inspect(Buffer.from('28b52ffd0090010000', 'hex'))), damaged);
  });

  it('is refused during decompression, as soon as it exceeds the limit', async () => {
    const zeros = layer(file('zeros', Buffer.alloc(2 ** 23)));
    for (const bytes of [zeros, gzipSync(zeros)]) {
      assert.match(await suite.refusalOf(suite.inspect(bytes, new ImageTree(), 2 ** 22)), /more bytes than the limit/);
    }
    // Four bytes for each 128 KiB; all of it would be 64 GiB.
    const block = Buffer.from([0x02 | (((2 ** 17) << 3) & 0xff), ((2 ** 20) >> 8) & 0xff, (2 ** 20) >> 16, 0]);
    const bomb = Buffer.concat([Buffer.from('28b52ffd0038', 'hex'), ...Array.from({ length: 2 ** 19 }, () => block)]);
    assert.match(await suite.refusalOf(suite.inspect(bomb, new ImageTree(), 2 ** 26)), /more bytes than the limit/);
  });

  it('is accepted or refused in one printable line, whatever byte is damaged', async () => {
    for (const whole of [base, gzipSync(base), zstdFrame]) {
      const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
      const property = fc.asyncProperty(damage, async (changes) => {
        const damaged = Buffer.from(whole);
        for (const [at, value] of changes) damaged[at] = value;
        const why = await suite.inspect(damaged).then(
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
    assert.match(
      await suite.refusalOf(suite.inspect(gzipSync(layer(...entries)), new ImageTree(), 2 ** 30)),
      /too deep/,
    );
  });
});
