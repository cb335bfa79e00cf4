import assert from 'node:assert/strict';
import { campaignDetails } from '../../../src/campaign/explanation/campaign-details.ts';
import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';

const nothing = { queued: 0, preparing: 0, waiting: 0, running: 0, scoring: 0, finished: 0, failed: 0, cancelled: 0 };
const ends = { p10: 0, p50: Date.parse('2026-01-01T00:40:00Z'), p90: Date.parse('2026-01-01T00:50:00Z') };

const running: CampaignProgress = {
  campaign: 'c',
  hold: null,
  holds: [],
  closing: null,
  deadline: '2026-01-01T01:00:00.123Z',
  hurry: false,
  forecast: {
    finish: ends,
    finishUnhurried: ends,
    finishHurried: ends,
    spend: { p10: 0, p50: 2_000_000, p90: 3_000_000 },
    remedies: ['set-slots'],
  },
  submissions: 3,
  counts: { ...nothing, queued: 1, running: 1, finished: 1 },
  reasons: {},
  money: {
    budget: 10_000_000,
    rerunReserve: 0,
    spent: 1_000_000,
    reserved: 500_000,
    probes: 0,
    overhead: 0,
    canaries: 0,
  },
  classes: {
    g4: { slots: 2, running: 1, waiting: 0, spent: 1_000_000, short: false, ended: 1, outOfMemory: 0, times: 1 },
  },
  pausedTeams: [],
  prioritised: [],
  stuck: [],
  operatorsLog: [],
};

const firstLine = (progress: CampaignProgress): string | undefined => campaignDetails(progress).split('\n')[0];

describe('the details of a campaign in the Web UI', () => {
  it('show state, spend and forecast', () => {
    const text = campaignDetails(running);
    assert.match(text, /^\*\*c\*\* is running\n\n1 queued, 1 running, 1 finished\n/);
    assert.match(text, /^Spent USD 1\.00, reserved USD 0\.50 of USD 10\.00; deadline 2026-01-01 01:00 UTC$/m);
    assert.match(text, /^Forecast: finishes 2026-01-01 00:40 UTC \(P90 2026-01-01 00:50 UTC\), USD 2\.00 in total/m);
    assert.match(text, /^\| g4 \| 1 \| 2 \| 0 \| USD 1\.00 \|$/m);
  });

  it('show a stuck submission and an operator command by their pseudonyms, if they have them', () => {
    const stuck = { submission: 'big-model', what: 'pullImage', cause: 'it is gone', tries: 5, since: 0 };
    const line = { at: '2026-01-01T00:00:00Z', by: 'root', act: 'pauseTeam team=owls' };
    const text = campaignDetails({
      ...running,
      stuck: [stuck, { ...stuck, shownAs: 'team-k7m4x/2' }],
      operatorsLog: [line, { ...line, shown: 'pauseTeam team=team-k7m4x' }],
    });
    assert.equal(text.match(/big-model is stuck/g)?.length, 1);
    assert.match(text, /^- team-k7m4x\/2 is stuck in pullImage: /m);
    assert.equal(text.match(/team=owls/g)?.length, 1);
    assert.match(text, /pauseTeam team=team-k7m4x/);
  });

  it('show the end, without a forecast, once nothing is open', () => {
    for (const closing of [null, 'cancelled'] as const) {
      const text = campaignDetails({ ...running, closing, counts: { ...nothing, finished: 2, failed: 1 } });
      assert.match(text, /^\*\*c\*\* has ended\n\n2 finished, 1 failed\n/);
      assert.doesNotMatch(text, /Forecast/);
    }
  });

  it('show why it is blocked or closing', () => {
    assert.equal(firstLine({ ...running, hold: 'budget' }), '**c** is blocked: budget');
    assert.equal(firstLine({ ...running, closing: 'cancelled' }), '**c** is closing: cancelled');
    assert.equal(firstLine({ ...running, counts: { ...nothing, scoring: 1 } }), '**c** is running');
  });
});
