import assert from 'node:assert/strict';
import { longestRunSeconds } from '../../src/campaign/model/run-limits.ts';
import { resultObjects, runObjects } from '../../src/object-keys.ts';
import { verifyCampaign } from '../../src/ledger/verification/verify-campaign.ts';
import { SealKeys } from '../../src/sealing/seal-keys.ts';
import { RecordCopy } from '../support/campaigns/record-copy.ts';
import { buckets, RecordedCampaign } from '../support/campaigns/recorded-campaign.ts';
import { worstCostMicroUsd } from '../../src/campaign/model/money.ts';

const namesOf = ({ faults }: { faults: { key: string; what: string }[] }): string[] =>
  faults.map(({ key, what }) => `${key}: ${what}`);

describe('verify', () => {
  it('finds a plain record intact, and a changed score', async () => {
    const plain = new RecordedCampaign(['s']);
    await plain.finish('s');
    plain.publish();
    const verified = await plain.verify();
    assert.deepEqual(namesOf(verified), []);
    assert.deepEqual([verified.verified?.counts.scores, verified.verified?.results.state], [1, 'finished']);
    plain.write(buckets.results, resultObjects.score('case', 's', 1, 1), '{}\n');
    assert.match(namesOf(await plain.verify()).join(), /scores\/s\/1\.json: its sha256/);
  });

  it('finds a record of a round that nobody asked for, before and after the next publication', async () => {
    const recorded = new RecordedCampaign(['s']);
    await recorded.finish('s');
    recorded.publish();
    recorded.record('s', { state: 'failed', reason: 'submission-error' });
    const found = ['case/ledger/s/2.json: nobody asked for this round'];
    assert.deepEqual(namesOf(await recorded.verify()), found);
    recorded.publish();
    assert.deepEqual(namesOf(await recorded.verify()), found);
    recorded.ask('s', 2);
    recorded.publish();
    assert.deepEqual(namesOf(await recorded.verify()), []);
  });

  it('without outputs, reads no predictions, but finds that they were removed', async () => {
    const recorded = new RecordedCampaign(['s']);
    await recorded.finish('s');
    recorded.publish();
    const key = runObjects.predictions('case/s/1');
    recorded.write(buckets.runs, key, 'other');
    assert.deepEqual(namesOf(await recorded.verify({ outputs: false })), []);
    const objects = new RecordCopy(recorded.all()).with({ [`${buckets.runs}/${key}`]: undefined });
    const options = { campaign: 'case', buckets, inputs: false, outputs: false, sealKeys: new SealKeys(undefined) };
    assert.deepEqual(namesOf(await verifyCampaign(objects, options)), [`${key}: it is missing; outcome.json names it`]);
  });

  it('needs the identity of a sealed campaign, unless its record was changed, such as its recipient', async () => {
    const sealed = new RecordedCampaign(['s']);
    const sealFor = (recipient: string): string =>
      sealed.write(
        buckets.results,
        resultObjects.campaign('case'),
        `${JSON.stringify({ ...sealed.frozen, seal: recipient }, null, 1)}\n`,
      );
    sealFor('age1first');
    await sealed.finish('s');
    sealed.publish();
    await assert.rejects(sealed.verify(), { code: 'SEAL_KEY_MISSING' });
    sealFor('age1other');
    const changed = await sealed.verify();
    assert.match(namesOf(changed).join(), /case\/campaign\.json: its sha256 is not the one in heads\.json/);
    assert.ok(
      changed.unchecked.includes('the scores, because the predictions cannot be opened'),
      'scores are not checked',
    );
  });

  describe('of a round that was recorded before its score', () => {
    const cancelled = { state: 'cancelled', reason: 'cancelled' } as const;

    it('lists the score as not checked, of the round’s own run and of an earlier one', async () => {
      const recorded = new RecordedCampaign(['s']);
      recorded.record('s', { ...cancelled, runs: [recorded.run('s', 1)] });
      await recorded.score('s', 1, 1);
      recorded.ask('s', 2);
      recorded.record('s', cancelled);
      await recorded.score('s', 1, 2);
      recorded.publish();
      const { faults, unchecked } = await recorded.verify();
      assert.deepEqual(faults, []);
      assert.match(
        unchecked.join(),
        /scores of rounds that were recorded without them, such as cancelled ones \(2 times\)/,
      );
    });

    it('accepts no score of another round, of another run, or beside the one on record', async () => {
      const recorded = new RecordedCampaign(['s']);
      const failed = recorded.run('s', 1, { reason: 'platform-error' });
      recorded.record('s', { ...cancelled, runs: [failed, recorded.run('s', 2)] });
      recorded.ask('s', 2);
      recorded.record('s', { score: await recorded.score('s', 2, 2) });
      for (const [n, sequence] of [
        [1, 1], // a run that failed
        [1, 2], // beside the score on record
        [2, 3], // no such round
      ] as const)
        await recorded.score('s', n, sequence);
      recorded.publish();
      assert.deepEqual(
        namesOf(await recorded.verify()),
        ['1', '1-2', '2-3'].map((name) => `case/scores/s/${name}.json: the record names no such object`),
      );
    });
  });

  describe('of a canary whose job was left behind', () => {
    const verdict = { kind: 'no-outcome', reason: 'cancelled', cause: 'left behind' } as const;
    const recorded = async (): Promise<RecordedCampaign> => {
      const of = new RecordedCampaign(['s']);
      await of.finish('s');
      of.canary({ verdict, billedSeconds: 0, costMicroUsd: 0 });
      of.publish();
      return of;
    };

    it('lists an outcome or trouble that it wrote later as not checked', async () => {
      for (const object of ['outcome', 'trouble'] as const) {
        const late = await recorded();
        late.write(buckets.runs, runObjects[object]('case/_canary-g4/1'), '{\n  "runKey": "case/_canary-g4/1"\n}\n');
        const { faults, unchecked } = await late.verify();
        assert.deepEqual(faults, []);
        assert.match(
          unchecked.join(),
          /case\/_canary-g4\/1\/\w+\.json, because it was not there when the canary was recorded/,
        );
      }
    });

    it('accepts no other object, and no change of those on record', async () => {
      const other = await recorded();
      other.write(buckets.runs, 'case/_canary-g4/1/predictions.csv', '');
      assert.match(namesOf(await other.verify()).join(), /1\/predictions.csv: the record names no such object/);
      const changed = await recorded();
      changed.write(buckets.runs, runObjects.claim('case/_canary-g4/1'), 'other');
      assert.match(namesOf(await changed.verify()).join(), /1\/claim: its sha256/);
    });
  });

  describe('of a run whose time nobody knows', () => {
    const { limits, instanceClasses } = new RecordedCampaign([]).frozen;
    const onClass = [limits, instanceClasses[0] ?? assert.fail('no class'), instanceClasses] as const;
    const [worst, longest] = [worstCostMicroUsd(...onClass), longestRunSeconds(...onClass)];
    const recordedWith = (cost: number, seconds: number, reason: 'cancelled' | null) => {
      const recorded = new RecordedCampaign(['s']);
      const lost = { reason, billedSeconds: seconds, costMicroUsd: cost };
      const runs = [recorded.run('s', 1, lost, null)];
      recorded.record('s', { state: 'cancelled', reason: 'cancelled', runs });
      recorded.publish();
      return recorded.verify();
    };

    it('accepts the worst case with its seconds, and without them as older versions recorded it', async () => {
      for (const seconds of [longest, 0]) {
        assert.deepEqual(namesOf(await recordedWith(worst, seconds, 'cancelled')), [], `${seconds} s`);
      }
    });

    it('accepts no other cost, and the worst case of no run that succeeded', async () => {
      const wrong = [
        await recordedWith(worst - 1, 0, 'cancelled'),
        await recordedWith(worst, longest - 1, 'cancelled'),
        await recordedWith(worst, 0, null),
      ];
      for (const one of wrong) assert.match(namesOf(one).join(), /ledger\/s\/1\.json: `costMicroUsd` of run 1 is not/);
    });
  });
});
