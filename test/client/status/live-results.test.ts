import assert from 'node:assert/strict';
import { withStages } from '../../../src/client/status/results.ts';
import { endedBecause } from '../../../src/client/status/status-text.ts';
import type { CampaignResults, SubmissionSummary } from '../../../src/ledger/results.ts';

const row = (submission: string, state: SubmissionSummary['state']): SubmissionSummary => ({
  submission,
  team: 'one',
  teamName: 'One',
  submittedAt: '2026-01-01T00:00:00Z',
  state,
  reason: null,
  fault: null,
  detail: null,
  why: null,
  faults: null,
  withheld: [],
  score: null,
  runs: [],
});

const results: CampaignResults = {
  campaign: 'c',
  state: 'running',
  costMicroUsd: 0,
  costByClass: {},
  submissions: [row('new', 'queued'), row('waits', 'queued'), row('again', 'failed'), row('closing', 'finished')],
};

describe('results of a running campaign', () => {
  it('show the stage of submissions under way, and keep the state of those with a record', () => {
    const { submissions } = withStages(results, [
      { submission: 'waits', stage: 'waiting', class: 'g4' },
      { submission: 'again', stage: 'running', class: 'p3' },
      { submission: 'closing', stage: 'finished', class: 'g4' },
    ]);
    assert.deepEqual(
      submissions.map(({ submission, state, underWay }) => [submission, state, underWay]),
      [
        ['new', 'queued', undefined],
        ['waits', 'waiting', { stage: 'waiting', class: 'g4' }],
        ['again', 'failed', { stage: 'running', class: 'p3' }],
        ['closing', 'finished', undefined],
      ],
    );
  });

  it('count the reasons with the responsible party, the most frequent first', () => {
    assert.deepEqual(endedBecause({ 'platform-error': 2, 'time-limit': 28, cancelled: 1 }), [
      'ended because:\n  time-limit: 28 (team)\n  platform-error: 2 (platform)\n  cancelled: 1 (operator)',
    ]);
  });
});
