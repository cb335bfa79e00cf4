import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepResultFiles } from '../../../src/client/status/result-files.ts';
import type { CampaignResults } from '../../../src/ledger/results.ts';

describe('the files of a report', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdout-report-'));
  after(() => rmSync(home, { recursive: true }));

  it('are in the home, for its owner alone', async () => {
    const results: CampaignResults = {
      campaign: 'case',
      state: 'finished',
      costMicroUsd: 0,
      costByClass: {},
      submissions: [],
    };
    const view = { results, unsealings: [], leaderboard: 'rank\n', board: () => '', text: () => 'nothing' };
    const folder = await keepResultFiles(home, view);
    assert.equal(folder, join(home, 'results', 'case'));
    assert.deepEqual(readdirSync(folder).toSorted(), ['leaderboard.csv', 'report.txt', 'results.json']);
    for (const path of [home, join(home, 'results'), folder]) assert.equal(statSync(path).mode & 0o777, 0o700, path);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  });
});
