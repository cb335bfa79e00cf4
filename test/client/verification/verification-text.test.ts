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
      'first starts of 1 team: 0.0 % of all pairs started in the reverse of the published order, the latest team 0 places after its own',
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
});
