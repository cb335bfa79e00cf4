import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { decide } from '../../../src/campaign/scheduling/scheduler.ts';
import { campaignOf, decideNow, grantsNow, now, open, request } from '../state/state-samples.ts';

describe('a decision', () => {
  const waitingState = (): CampaignState => {
    const waiting = campaignOf([2, 2]);
    open(waiting, { s: 0, t: 1 });
    for (const submission of ['s', 't']) waiting.request(request(submission, 1));
    return waiting;
  };
  let state: CampaignState;
  beforeEach(() => {
    state = waitingState();
  });

  it('grants waiting requests and starts rounds for free places in one step', () => {
    assert.deepEqual(
      decideNow(state).map(({ kind }) => kind),
      ['grant', 'grant', 'start', 'start'],
    );
    assert.deepEqual(decideNow(state), []);
  });

  it('grants and starts nothing while paused or past the deadline, and continues afterwards', () => {
    state.set({ paused: true });
    assert.deepEqual(decideNow(state), []);
    state.set({ paused: false });
    assert.deepEqual(decideNow(state, Date.parse(state.deadline)), []);
    assert.equal(grantsNow(state, Date.parse(state.deadline) - 1).length, 2);
  });

  it('refuses every waiting request of a closing campaign for the reason it closes, and starts nothing', () => {
    state.set({ closing: 'budget-exhausted' });
    assert.deepEqual(decideNow(state), [
      { kind: 'refuse', submission: 's', n: 1, reason: 'budget-exhausted' },
      { kind: 'refuse', submission: 't', n: 1, reason: 'budget-exhausted' },
    ]);
    assert.deepEqual(decideNow(state), []);
  });

  it('records the instant of the first grant only', () => {
    state.setSlots('g4', 1);
    decideNow(state);
    state.setSlots('g4', 2);
    decideNow(state, now + 5);
    assert.equal(state.statistics.since, now);
  });

  it('is the same for the same state', () => {
    const limits = { preparing: 3, open: 9, perTeam: 2 };
    assert.deepEqual(decide(state, limits, now), decide(waitingState(), limits, now));
  });
});
