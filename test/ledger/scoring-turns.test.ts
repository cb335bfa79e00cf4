import assert from 'node:assert/strict';
import { PassThrough, type Readable } from 'node:stream';
import { SealKeys } from '../../src/sealing/seal-keys.ts';
import { ScoringTurns, scoringsAtOnce } from '../../src/ledger/verification/scoring-turns.ts';
import { verifyCampaign } from '../../src/ledger/verification/verify-campaign.ts';
import { RecordCopy } from '../support/campaigns/record-copy.ts';
import { buckets, RecordedCampaign } from '../support/campaigns/recorded-campaign.ts';

describe('scorings of a verification', () => {
  it('are as many at a time as memory has room for, and at least one', () => {
    const counts = [0, 4, 41_000, 1_000_000, 5_000_000].map(scoringsAtOnce);
    assert.deepEqual(counts, [48, 48, 48, 2, 1]);
  });

  it('wait for their turn, and a failed one gives its turn to the next', async () => {
    const turns = new ScoringTurns(2);
    let [running, most] = [0, 0];
    const ended = await Promise.allSettled(
      Array.from({ length: 9 }, (_, n) =>
        turns.take(async () => {
          most = Math.max(most, (running += 1));
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          if (n % 2 === 0) throw new Error(`${n}`);
          return n;
        }),
      ),
    );
    assert.deepEqual(
      ended.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason.message))),
      ['0', 1, '2', 3, '4', 5, '6', 7, '8'],
    );
    assert.equal(most, 2);
  });

  it('read no predictions before their turn', async () => {
    const submissions = ['a', 'b', 'c', 'd', 'e'];
    const recorded = new RecordedCampaign(submissions, { items: 1_500_000 });
    for (const submission of submissions) await recorded.finish(submission);
    const options = { campaign: 'case', buckets, inputs: false, outputs: true, sealKeys: new SealKeys(undefined) };
    let [open, most] = [0, 0];
    class Counting extends RecordCopy {
      override async stream(bucket: string, key: string): Promise<Readable> {
        most = Math.max(most, (open += 1));
        const counted = (await super.stream(bucket, key)).pipe(new PassThrough());
        return counted.once('end', () => (open -= 1));
      }
    }
    const { faults, verified } = await verifyCampaign(new Counting(recorded.all()), options);
    assert.deepEqual([faults, verified?.counts.scores, most], [[], submissions.length, 1]);
  });
});
