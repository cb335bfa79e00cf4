import assert from 'node:assert/strict';
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import zlib from 'node:zlib';
import * as fc from 'fast-check';
import { Refusal, refuse } from '../../../src/images/refusal.ts';
import { compressionOf } from '../../../src/images/archive/compression.ts';
import { unpackedZstd } from '../../../src/images/zstd/unpacked-zstd.ts';
import { ZstdFrames } from '../../../src/images/zstd/zstd-frames.ts';
import { zstdOf } from '../../support/images/zstd.ts';

const hex = (bytes: string): Buffer => Buffer.from(bytes, 'hex');
const damaged = (): never => refuse('damaged');
const skippable = hex('502a4d180400000061626364');
const empty = hex('28b52ffd2000010000');
/** A hundred thousand letters a, as zstd 1.5 compresses them, with a checksum. */
const letters = Buffer.alloc(100_000, 'a');
const lettersFrame = hex('28b52ffd045855000010616101009b8639c0022f4efefd');
/** Frames that end at any byte of a chunk, and some with almost no content. */
const mixed = Array.from({ length: 400 }, (_, n) => Buffer.alloc((n * 7_919) % 10_007, `${n}`));
const noise = Buffer.concat(Array.from({ length: 2_000 }, (_, n) => Buffer.from(`${n * n} `)));

/** A frame with damage in its table of Huffman weights, from which fzstd 0.1.1 never returns. */
const endless = Buffer.from(
  [
    'KLUv/WQAwy0UACbVMBbwKx0o/VXes7vjIURKKVNyxPrLfdwBMwAmACcAVkXqnPgbT0/zlQt7HITEwUAMGIiE4BgUGK65ZaYoAoxFo8xROnNH',
    'LrO9peqmDGBwMBACZazOtK8qqecpKt++6KVrZ3LZTuvecnpGnzL5PCFiM3K9j1ZjYzmuOprNNZZ7VyRPUeFvPDXtqe/M+nTmmHpjJm2ZJURq',
    'N4Q3vbGjdRqFyTt2IncV73cd7XTGelGRPlYi/u3Z6Q/57NuXc9ucyZ8QoTHCC4DPqJDOnZKkzcCWwjKSNAciECiEYIRAwTgKQRCCXyEYIUAQ',
    'BIFTah97sD0rUdR7HINRqBqX4oArbFcwWM4JigN8r+1HbiJT5Q2YRtEb7eW2MIniAD83vE6UXrrwBgrxSNsMRt36wRvg3BbbjrjJmEZRHBDF',
    'e85BepUGb8BLSlqPUsPURXHAnhucEQ2UenEAvTf8caYm4eKAGbRZ8jklieIA/Gxu5cUjGcUBN2tMTLFEWnkDnOlm+203OdAwigNq3Ib4gL/r',
    'DLjX+LwBmIrWLx/Bc+ENAPbJLlWzForv+2Uv2VsUBxDX2+jcXHveACH/0nqRCPvyBvBRXs98te2aN0B5gVaagLTSGLwB7ufXNyr8j393s9dr',
    '4ENZwRsAwwr9dv0R069SNiDhe313i+mXu4Oz3rIWUEdkhjVyvAEM7GhdBxgjvLBUHXgDFBv0kR8HHWu8A/17zyonYJYEnqt1U0VkCG6z8dru',
    'd0DWg1T33co/+2wVZAaPi1IPvAGIxXJVR6YZvBinWYySDVhs5gd+XlSyfSee7KF+0hm8ijTuQK+8qANMME8zVoIbg+P5JQbYOacNAJO15POz',
    'qQECYPTPWzWlX0M=',
  ].join(''),
  'base64',
);

describe('a zstd file', () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zstd-'));
    path = join(folder, 'file');
  });
  after(() => rm(folder, { recursive: true }));

  const unpack = async (...parts: Buffer[]): Promise<Buffer> => {
    await writeFile(path, Buffer.concat(parts));
    const chunks: Buffer[] = [];
    for await (const chunk of unpackedZstd(path, damaged)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const isOpen = async (): Promise<boolean> => {
    const files = await readdir('/proc/self/fd');
    const open = await Promise.all(files.map((file) => readlink(join('/proc/self/fd', file)).catch(() => '')));
    return open.includes(path);
  };

  it('is read to its end, whatever frames it has', async () => {
    const frames = mixed.flatMap((content) => [zstdOf(content), skippable, empty, zstdOf(noise)]);
    const content = Buffer.concat(mixed.flatMap((part) => [part, noise]));
    assert.ok((await unpack(...frames)).equals(content));
    const whole = Buffer.concat([letters, noise, letters]);
    assert.ok((await unpack(skippable, lettersFrame, zstdOf(noise), lettersFrame, empty)).equals(whole));
  });

  it('is cut at the end of each frame and nowhere else, however it is read', () => {
    const frames = [lettersFrame, skippable, empty, zstdOf(noise), lettersFrame];
    const whole = Buffer.concat(frames);
    let at = 0;
    const ends = frames.map((frame) => (at += frame.length));
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const expected = [...new Set([...cuts, ...ends])].filter((cut) => cut > 0).sort((a, b) => a - b);
        const reads = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const follower = new ZstdFrames(damaged);
        const pieces = reads.flatMap((from, n) => [...follower.cut(whole.subarray(from, reads[n + 1]))]);
        follower.end();
        let length = 0;
        assert.deepEqual(
          pieces.map((piece) => (length += piece.length)),
          expected,
        );
        assert.ok(Buffer.concat(pieces).equals(whole));
      }),
    );
  });

  for (const [what, frame] of Object.entries({
    'that is cut short': lettersFrame.subarray(0, -5),
    'without its checksum': lettersFrame.subarray(0, -4),
    'without its last block': zstdOf(noise).subarray(0, 9),
    'that is not a frame': Buffer.from('garbage'),
    'of zeros': Buffer.alloc(100),
    'with a window of 256 MiB': hex('28b52ffd0090010000'),
    'with a content of 256 MiB in one segment': hex('28b52ffda000000010010000'),
    'with a dictionary': hex('28b52ffd010001010000'),
    'with a block of a type that does not exist': hex('28b52ffd0038070000'),
    'with a block of more than 128 KiB': hex('28b52ffd00380b001061'),
    'with a block that is cut short': hex('28b52ffd0038'),
  })) {
    it(`is damaged with a second frame ${what}`, async () => {
      await assert.rejects(unpack(lettersFrame, frame), Refusal);
    });
  }

  it('is damaged when the decompressor reports it, in any frame', async () => {
    // A compressed block without the header of its literals.
    await assert.rejects(unpack(lettersFrame, hex('28b52ffd00380d000003')));
  });

  it('is damaged when the decompressor does not return', async () => {
    await assert.rejects(unpack(endless));
  }).timeout(60_000);

  it('is damaged with a wrong checksum in any frame, where Node decompresses', async () => {
    const wrong = Buffer.from(lettersFrame);
    wrong.writeUInt8(wrong.readUInt8(wrong.length - 1) ^ 1, wrong.length - 1);
    // The JavaScript decompressor does not check it; the digest of the content does.
    if ('createZstdDecompress' in zlib) await assert.rejects(unpack(lettersFrame, wrong, lettersFrame));
    else assert.ok((await unpack(lettersFrame, wrong)).equals(Buffer.concat([letters, letters])));
  });

  it('has at most four million frames', () => {
    const frames = new ZstdFrames(damaged);
    const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => hex('502a4d1800000000')));
    const push = (thousands: number): void => {
      for (let n = 0; n < thousands; n += 1) Array.from(frames.cut(thousand));
    };
    push(4_194);
    assert.throws(() => push(1), Refusal);
  });

  it('needs little memory whatever its unpacked size, and is closed when reading stops', async () => {
    // Four bytes for each 128 KiB: half a gigabyte.
    const blocks = Array.from({ length: 2 ** 12 }, (_, n) => hex(n + 1 < 2 ** 12 ? '02001061' : '03001061'));
    await writeFile(path, Buffer.concat([hex('28b52ffd0038'), ...blocks]));
    const before = process.memoryUsage.rss();
    let [bytes, most, peak] = [0, 0, 0];
    for await (const { length } of unpackedZstd(path, damaged)) {
      bytes += length;
      most = Math.max(most, length);
      peak = Math.max(peak, process.memoryUsage.rss() - before);
    }
    assert.equal(bytes, 2 ** 29);
    assert.ok(most <= 2 ** 23, `a chunk of ${most} bytes`);
    assert.ok(peak <= 2 ** 27, `${peak} bytes more`);
    for await (const chunk of unpackedZstd(path, damaged)) if (chunk.length > 0) break;
    while (await isOpen()) await setImmediate();
  });

  it('of another compression is closed', async () => {
    await writeFile(path, hex('fd377a585a0000'));
    await assert.rejects(compressionOf(path, refuse), { message: 'xz' });
    while (await isOpen()) await setImmediate();
  });
});
