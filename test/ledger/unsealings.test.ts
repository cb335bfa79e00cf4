import assert from 'node:assert/strict';
import { HoldoutError } from '../../src/errors.ts';
import { checkSealKeys } from '../../src/worker/check-seal-keys.ts';
import { appendUnsealing, unsealingsOf, type Unsealing } from '../../src/ledger/chains/unsealings.ts';
import { resultObjects, sealedCampaignObjects } from '../../src/object-keys.ts';
import { SealKeys } from '../../src/sealing/seal-keys.ts';
import { sha256 } from '../../src/sha256.ts';
import { StoreRig } from './store-rig.ts';

describe('unsealings', () => {
  let rig: StoreRig;
  before(async () => {
    rig = await StoreRig.start();
  });
  after(() => rig.stop());

  const unsealing = (n: number): Unsealing => ({
    submission: 's',
    n,
    part: 'output',
    at: '2026-01-01T00:00:00.000Z',
    by: 'ann',
    reason: 'a team asks',
  });

  it('of several people at the same time form one chain', async () => {
    const wanted = [1, 2, 3, 4, 5];
    await Promise.all(wanted.map((n) => appendUnsealing(rig, 'busy', unsealing(n))));
    const { links } = await unsealingsOf(rig, 'busy');
    assert.deepEqual(new Set(links.map(({ n }) => n)), new Set(wanted));
    const bytes = await Promise.all(
      wanted.map((at) => rig.store.read(rig.bucket, resultObjects.unsealing('busy', at))),
    );
    assert.deepEqual(
      links.map(({ sequence, predecessor }) => [sequence, predecessor]),
      wanted.map((at) => [at, at === 1 ? null : sha256(bytes[at - 2] ?? '')]),
    );
  });

  it('are refused if the newest was changed, though nothing was published since', async () => {
    await appendUnsealing(rig, 'unpublished', unsealing(1));
    const key = resultObjects.unsealing('unpublished', 1);
    const body = String(await rig.store.read(rig.bucket, key));
    await rig.store.write(rig.bucket, key, body.replace('"ann"', '"bob"'));
    await assert.rejects(
      unsealingsOf(rig, 'unpublished'),
      /unsealings\/1\.json is not what Holdout wrote: its sha256 is not the one in its receipt/,
    );
  });

  it('continue after a command that was interrupted between receipt and unsealing', async () => {
    await appendUnsealing(rig, 'interrupted', unsealing(1));
    await rig.store.writeIfAbsent(rig.bucket, resultObjects.receipt('interrupted', 2, sha256('never written')), '');
    assert.equal((await unsealingsOf(rig, 'interrupted')).links.length, 1);
    await appendUnsealing(rig, 'interrupted', unsealing(2));
    assert.deepEqual(
      (await unsealingsOf(rig, 'interrupted')).links.map(({ n }) => n),
      [1, 2],
    );
  });

  it('that are none are refused', async () => {
    const whole = { version: 1, sequence: 1, predecessor: null, ...unsealing(1) };
    const changes = [{ submission: undefined }, { n: '1' }, { at: 'yesterday' }, { reason: undefined }];
    for (const [index, change] of changes.entries()) {
      const body = JSON.stringify({ ...whole, ...change });
      await rig.store.write(rig.bucket, resultObjects.unsealing(`odd-${index}`, 1), body);
      const reading = unsealingsOf(rig, `odd-${index}`);
      await assert.rejects(reading, /unsealings\/1\.json is not what Holdout wrote: it is no unsealing/, body);
    }
  });
});

describe('a scorer at its start', () => {
  let rig: StoreRig;
  before(async () => {
    rig = await StoreRig.start();
  });
  after(() => rig.stop());

  const check = () => checkSealKeys({ results: rig, sealKeys: new SealKeys('/nowhere') });

  it('needs the identity of a sealed campaign until its results are published', async () => {
    await check();
    await rig.store.write(rig.bucket, sealedCampaignObjects.key('interrupted'), 'age1x');
    await check();
    await rig.freeze('sealed', { one: ['s'] }, { seal: 'age1x' });
    await rig.store.write(rig.bucket, sealedCampaignObjects.key('sealed'), 'age1x');
    await assert.rejects(check(), (error: unknown) => {
      assert.ok(error instanceof HoldoutError && error.code === 'SEAL_KEY_MISSING', String(error));
      assert.match(error.message, /sealed are sealed for age1x.*no file in \/nowhere/);
      return true;
    });
    await rig.store.write(rig.bucket, resultObjects.results('sealed'), '{}');
    await check();
  });
});
