import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { HeadAndTail } from '../../../src/runner/measure/head-and-tail.ts';

const cap = 512 * 1024;

/** Bytes that differ from place to place, so that a shifted tail shows. */
const numbered = (length: number): Buffer => Buffer.from(Uint32Array.from({ length: length / 4 }, (_, n) => n).buffer);

describe('the log keeps head and tail of any output', () => {
  it('completely while it fits, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 50 }), (chunks) => {
        const log = new HeadAndTail();
        for (const chunk of chunks) log.write(Buffer.from(chunk));
        const all = Buffer.concat(chunks);
        assert.deepEqual(log.content(), all);
        assert.deepEqual([log.bytes, log.keptBytes], [all.length, all.length]);
      }),
    );
  });

  it('otherwise its first and last 512 KiB, with a line about the gap', () => {
    const all = numbered(3 * 1024 * 1024);
    const chunkings = fc.array(fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 2 ** 21 })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(chunkings, (sizes) => {
        const log = new HeadAndTail();
        let [at, turn] = [0, 0];
        while (at < all.length) {
          const size = sizes[turn++ % sizes.length] ?? 1;
          log.write(all.subarray(at, at + size));
          at += size;
        }
        const gap = `\n--- holdout: ${all.length - 2 * cap} bytes dropped ---\n`;
        const expected = Buffer.concat([all.subarray(0, cap), Buffer.from(gap), all.subarray(-cap)]);
        assert.ok(log.content().equals(expected));
        assert.deepEqual([log.bytes, log.keptBytes], [all.length, 2 * cap]);
      }),
      { numRuns: 40 },
    );
  });

  it('and returns the last whole lines as text of at most 16 KiB', () => {
    const log = new HeadAndTail();
    for (let line = 0; line < 100_000; line++) log.write(Buffer.from(`line ${line}\n`));
    const tail = log.tailText();
    assert.match(tail, /^line \d+\n/);
    assert.match(tail, /\nline 99999\n$/);
    assert.ok(tail.length > 16_000 && tail.length <= 16 * 1024);
  });

  it('with invalid bytes replaced, and still within 16 KiB', () => {
    const log = new HeadAndTail();
    log.write(Buffer.alloc(100_000, 0xff));
    log.write(Buffer.from('\nend\n'));
    const tail = log.tailText();
    assert.ok(Buffer.byteLength(tail) <= 16 * 1024);
    assert.match(tail, /end\n$/);
  });
});
