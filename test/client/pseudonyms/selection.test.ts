import assert from 'node:assert/strict';
import { Names } from '../../../src/campaign/pseudonyms/names.ts';
import type { CampaignFromS3 } from '../../../src/client/operator/campaign-from-s3.ts';
import { selectSubmissions } from '../../../src/client/operator/select-submissions.ts';
import { record } from '../../ledger/store-rig.ts';
import { frozenCampaign } from '../../support/campaigns/frozen-campaign.ts';

describe('a selection of submissions by pseudonyms', () => {
  // Names that no text rule would find.
  const rows = ['1', '2'].map((submission) => ({
    submission,
    team: '7',
    teamName: 'A',
    pseudonym: { team: 'team-k7m4x', submission: `team-k7m4x/${submission}` },
  }));
  const names = new Names('case', rows, true);
  const [ended, open] = rows.map((row, index) => ({
    ...row,
    records: index === 0 ? [record('case', row.submission)] : [],
    rounds: 1,
  }));
  assert.ok(ended && open, 'there are two');
  const known: CampaignFromS3 = {
    frozen: frozenCampaign(),
    budget: 0,
    deadline: '2026-01-01T00:00:00Z',
    submissions: [ended, open],
    acts: [],
    canaries: [],
  };

  it('finds what a team, a submission and their pseudonyms mean, and names neither', () => {
    for (const filter of [{ team: '7' }, { team: 'team-k7m4x' }]) {
      const { chosen, lines } = selectSubmissions('retry', filter, known, names);
      assert.deepEqual(chosen, [ended]);
      assert.deepEqual(lines, [
        'retry of 1 submission of 1 team (team-k7m4x/1)',
        'skipped, not ended yet: team-k7m4x/2',
      ]);
    }
    for (const given of ['1', 'team-k7m4x/1'])
      assert.deepEqual(selectSubmissions('retry', { submission: [given] }, known, names).chosen, [ended]);
  });

  it('suggests pseudonyms only', () => {
    assert.throws(
      () => selectSubmissions('retry', { team: 'team-k7m4y' }, known, names),
      /there is no team team-k7m4y.*team-k7m4x/,
    );
    assert.throws(
      () => selectSubmissions('retry', { submission: ['11'] }, known, names),
      (error: unknown) => error instanceof Error && !/mean/.test(error.message),
    );
  });
});
