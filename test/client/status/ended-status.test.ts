import assert from 'node:assert/strict';
import { endedStatus, endedText } from '../../../src/client/status/ended-status.ts';
import type { RunRecord } from '../../../src/campaign/model/messages.ts';
import type { LedgerRecord } from '../../../src/ledger/record.ts';
import { frozenCampaign } from '../../support/campaigns/frozen-campaign.ts';

describe('the status of a campaign that has ended', () => {
  const run = (changes: Partial<RunRecord>): RunRecord => ({
    n: 1,
    purpose: 'evaluation',
    class: 'g4',
    jobId: 'job-1',
    reason: 'cancelled',
    billedSeconds: 10,
    costMicroUsd: 1_000,
    ...changes,
  });
  const record = (submission: string, changes: Partial<RunRecord>): LedgerRecord => ({
    version: 1,
    campaign: 'c',
    submission,
    team: 't',
    sequence: 1,
    predecessor: null,
    state: 'cancelled',
    reason: 'cancelled',
    detail: null,
    runs: [run(changes)],
    score: null,
    image: null,
  });
  const statusOf = (...records: LedgerRecord[]) =>
    endedStatus({
      frozen: frozenCampaign(),
      budget: 10_000_000,
      deadline: '2026-11-29T00:00:00Z',
      submissions: records.map((one) => ({
        submission: one.submission,
        team: one.team,
        teamName: one.team,
        records: [one],
        rounds: 1,
      })),
      acts: [],
      canaries: [],
    });

  it('names each job that could not be ended, and how to end it', () => {
    const cause = 'job job-1 may still be running: Batch does not respond';
    const status = statusOf(
      record('a', { cause }),
      record('b', {}),
      record('c', { reason: 'platform-error', cause: 'x' }),
    );
    assert.deepEqual(status.leftBehind, [{ submission: 'a', cause }]);
    assert.match(
      endedText(status),
      /jobs that could not be ended; .*terminate-job:\n {2}a: job job-1 may still be running: Batch/,
    );
    assert.doesNotMatch(endedText(statusOf(record('b', {}))), /could not be ended/);
  });
});
