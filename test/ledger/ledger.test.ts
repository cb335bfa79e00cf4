import assert from 'node:assert/strict';
import { appendIfOpen, chainOf, eachChain, finalRounds } from '../../src/ledger/ledger.ts';
import type { LedgerRecord } from '../../src/ledger/record.ts';
import { record, StoreRig } from './store-rig.ts';
import { sha256 } from '../../src/sha256.ts';
import { resultObjects } from '../../src/object-keys.ts';

describe('the ledger in S3', () => {
  let rig: StoreRig;
  before(async () => {
    rig = await StoreRig.start();
  });
  after(() => rig.stop());

  const keep = (one: LedgerRecord): Promise<void> => rig.append(one);

  it('keeps a chain per submission, each link with the digest of its bytes', async () => {
    await keep(record('chains', 's'));
    await keep(record('chains', 's', { sequence: 2, state: 'failed' }));
    await keep(record('chains', 's.2'));
    const chain = await chainOf(rig, 'chains', 's');
    assert.deepEqual(
      chain.map((link) => [link.record.sequence, link.record.state]),
      [
        [1, 'finished'],
        [2, 'failed'],
      ],
    );
    const bytes = await rig.store.read(rig.bucket, resultObjects.ledger('chains', 's', 2));
    assert.equal(chain[1]?.digest, sha256(bytes));
    assert.deepEqual(await chainOf(rig, 'chains', 'nobody'), []);
  });

  it('accepts the same record twice, but no other in its place', async () => {
    await keep(record('twice', 's'));
    await keep(record('twice', 's'));
    await assert.rejects(keep(record('twice', 's', { state: 'failed' })), { code: 'OBJECT_DIFFERS' });
    assert.equal(await appendIfOpen(rig, record('twice', 's', { state: 'failed' })), false);
    assert.equal(await appendIfOpen(rig, record('twice', 't')), true);
    assert.equal((await chainOf(rig, 'twice', 's'))[0]?.record.state, 'finished');
  });

  it('counts final rounds and reads every chain in order', async () => {
    await rig.freeze('many', { one: ['s', 't'] });
    for (let sequence = 1; sequence <= 11; sequence += 1) await keep(record('many', 's', { sequence }));
    await keep(record('many', 't'));
    await keep(record('many-more', 'u'));
    assert.deepEqual(
      await finalRounds(rig, 'many'),
      new Map([
        ['s', 11],
        ['t', 1],
      ]),
    );
    const read = new Map<string, number[]>();
    await eachChain(rig, 'many', (submission, records) =>
      read.set(
        submission,
        records.map(({ sequence }) => sequence),
      ),
    );
    assert.deepEqual(read.get('s'), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual(read.get('t'), [1]);
    assert.equal(read.size, 2);
  });
});
