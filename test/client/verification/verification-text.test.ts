import assert from 'node:assert/strict';
import { summaryOf } from '../../../src/client/verification/summary.ts';
import { verificationText } from '../../../src/client/verification/verification-text.ts';
import { buckets, RecordedCampaign } from '../../support/campaigns/recorded-campaign.ts';

describe('what verify prints', () => {
  it('is the verdict, what was computed again, the order of first starts, and what was not checked', async () => {
    const recorded = new RecordedCampaign(['s']);
    await recorded.finish('s');
    recorded.publish();
    const text = async (): Promise<string[]> => {
      const verification = await recorded.verify();
      return verificationText(verification, summaryOf('case', verification, new Date(0)), 1.25).split('\n');
    };
    assert.deepEqual(await text(), [
      'case: the record is intact',
      'checked in 1.3 s: 13 objects, 1 ledger record',
      'computed again: 1 score, the leaderboard, $0.0015 of 1 run',
      'first starts of 1 team: 0.0 % of all pairs started in the reverse of the published order (50 % in a random one), the latest team 0 places after its own',
      'order as the rules promise, but for the 3 submissions that prepare at a time',
      'not checked: the input files and the archives of images; `verify --inputs` checks them too',
    ]);
    recorded.write(buckets.results, 'case/scores/s/1.json', '{}\n');
    const [verdict, ...rest] = await text();
    const faults = rest.filter((line) => line.startsWith('  s3://'));
    assert.match(
      faults[0] ?? '',
      /^ {2}s3:\/\/holdout-results\/case\/scores\/s\/1\.json: its sha256 is not the one in /,
    );
    const changed = new Set(faults.map((line) => line.split(': ')[0]));
    assert.ok(changed.size < faults.length, 'one object has several faults');
    assert.equal(verdict, `case: ${changed.size} objects are not what Holdout wrote`);
  });

  it('says what is not as the rules promise, of starts that it reads in S3', async () => {
    // By seed 1, `printf 1:a | sha256sum` and so on, the published order is d, a, b, c.
    const recorded = new RecordedCampaign(['a', 'b', 'c', 'd']);
    for (const [hour, team] of ['c', 'a', 'b', 'd'].entries())
      await recorded.finish(team, true, `2026-01-01T0${hour + 1}:00:00.000Z`);
    recorded.workList(['d', 'c', 'b', 'a']);
    recorded.publish();
    const verification = await recorded.verify();
    assert.deepEqual(verification.faults, []);
    const text = verificationText(verification, summaryOf('case', verification, new Date(0)), 1).split('\n');
    assert.deepEqual(
      text.filter((line) => /order /.test(line)),
      [
        'first starts of 4 teams: 83.3 % of all pairs started in the reverse of the published order (50 % in a random one), the latest team 3 places after its own, d, which was number 1 and started as number 4',
        'order not as the rules promise: 1 of 1 work list has the teams in another order',
        'order not as the rules promise: 1 of 1 pair of teams on one class at least 3 places apart started in reverse (100.0 %), unless their images or their machines took that much longer to be ready',
      ],
    );
  });
});
