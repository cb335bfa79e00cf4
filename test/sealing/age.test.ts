import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { HoldoutError } from '../../src/errors.ts';
import { openedBySpecification } from '../support/age-by-specification.ts';
import { openStream, sealBytes, sealStream } from '../../src/sealing/age.ts';

const changed = (error: unknown): boolean => error instanceof HoldoutError && error.code === 'RECORD_CHANGED';

/** Sizes around the chunks of 64 KiB. */
const sizes = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000];

describe('sealing', () => {
  let identity: string;
  let recipient: string;

  before(async () => {
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
  });

  const opened = (sealed: Buffer, by = identity): Promise<Buffer> =>
    buffer(openStream({ identity: by, sealed: Readable.from([sealed], { objectMode: false }), bucket: 'b', key: 'k' }));

  for (const size of sizes) {
    it(`opens what it sealed: ${size} bytes, at once and as a stream`, async () => {
      const plain = Buffer.alloc(size, 'holdout ');
      assert.deepEqual(await opened(await sealBytes(recipient, plain)), plain);
      const stream = await sealStream(recipient, Readable.from([plain.subarray(0, 10), plain.subarray(10)]));
      const sealed = await buffer(stream);
      assert.deepEqual(await opened(sealed), plain);
      assert.deepEqual(openedBySpecification(sealed, identity), plain);
      assert.ok(size === 0 || !sealed.includes('holdout '), 'nothing of it can be read');
    });
  }

  it('opens nothing of which any bit was changed, that was cut off, or that grew', async () => {
    const sealed = await sealBytes(recipient, Buffer.alloc(70_000, 'x'));
    const flip = fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 0, max: 7 }), async (byte, bit) => {
      const other = Buffer.from(sealed);
      other[byte] = (other[byte] ?? 0) ^ (1 << bit);
      await assert.rejects(opened(other), changed);
    });
    await fc.assert(flip, { numRuns: 60 });
    await assert.rejects(opened(sealed.subarray(0, -1)), changed);
    await assert.rejects(opened(sealed.subarray(0, 40)), changed);
    await assert.rejects(opened(Buffer.concat([sealed, Buffer.from('x')])), changed);
  });

  it('opens nothing that is sealed for another campaign, or not at all', async () => {
    const other = await generateX25519Identity();
    await assert.rejects(opened(await sealBytes(recipient, Buffer.from('x')), other), changed);
    await assert.rejects(opened(Buffer.from('id,value\n')), changed);
  });

  it('passes on the error of a source that cannot be read', async () => {
    const broken = new Error('connection reset');
    const sealed = Readable.from(
      (async function* () {
        yield await sealBytes(recipient, Buffer.alloc(70_000));
        throw broken;
      })(),
    );
    await assert.rejects(buffer(openStream({ identity, sealed, bucket: 'b', key: 'k' })), broken);
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('x');
        throw broken;
      })(),
    );
    await assert.rejects(buffer(await sealStream(recipient, failing)), broken);
  });

  it('stops reading its source when its reader stops', async () => {
    const sealed = Readable.from([await sealBytes(recipient, Buffer.alloc(1_000_000))]);
    const stream = openStream({ identity, sealed, bucket: 'b', key: 'k' });
    for await (const _ of stream) break;
    assert.ok(sealed.destroyed, 'the source is closed');
  });
});
