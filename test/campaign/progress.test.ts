import assert from 'node:assert/strict';
import { closeSubmission, settleRun, takeRequest } from '../../src/campaign/bookkeeping.ts';
import type { CampaignState } from '../../src/campaign/campaign-state.ts';
import { holdOf, isDone, progressOf } from '../../src/campaign/progress.ts';
import { bookedState, campaignOf, decideNow, now, open, option, request } from './state-samples.ts';

const hold = (state: CampaignState, at = now): string | undefined => {
  decideNow(state, at);
  return holdOf(state, at);
};

describe('the progress of a campaign', () => {
  it('counts every submission in exactly one state', () => {
    const state = campaignOf({ a: 6, b: 1 });
    const counts = (): Record<string, number> => progressOf('case', state, now).counts;
    const stages: [stage: string, count: number][] = [];
    const expect = (change: Record<string, number>): void => {
      const all = { queued: 0, preparing: 0, waiting: 0, running: 0, scoring: 0, finished: 0, failed: 0, cancelled: 0 };
      assert.deepEqual(counts(), { ...all, ...change });
      stages.push(...Object.entries(counts()));
    };
    expect({ queued: 7 });
    open(state, { s: 'a' });
    expect({ queued: 6, preparing: 1 });
    takeRequest(state, request('s', 1));
    expect({ queued: 6, waiting: 1 });
    state.teams['a'] = { ...(state.teams['a'] ?? assert.fail()), paused: false, next: 6 };
    state.teams['b'] = { ...(state.teams['b'] ?? assert.fail()), next: 1 };
    decideNow(state);
    expect({ queued: 6, running: 1 });
    settleRun(state, { submission: 's', n: 1, class: 'g4', costMicroUsd: 1 });
    expect({ queued: 6, scoring: 1 });
    closeSubmission(state, { submission: 's', state: 'finished', costMicroUsd: 1 });
    expect({ queued: 6, finished: 1 });
  });

  it('counts a submission that was refused until its report comes', () => {
    const state = campaignOf({ a: 1 });
    open(state, { s: 'a' });
    takeRequest(state, request('s', 1));
    state.closing = 'cancelled';
    decideNow(state);
    const { counts } = progressOf('case', state, now);
    assert.equal(
      Object.values(counts).reduce((sum, count) => sum + count, 0),
      1,
    );
  });

  it('shows money, classes, paused and prioritised teams', () => {
    const state = bookedState();
    state.teams['a'] = { ...(state.teams['a'] ?? assert.fail()), paused: true };
    state.teams['b'] = { ...(state.teams['b'] ?? assert.fail()), priority: 1 };
    const progress = progressOf('case', state, now);
    assert.deepEqual(progress.money, { budget: 1_000, spent: 40, reserved: 100, probes: 40, overhead: 0 });
    assert.deepEqual(progress.classes, {
      g4: { slots: 2, running: 1, waiting: 1, spent: 40, short: false },
      p3: { slots: 1, running: 0, waiting: 0, spent: 0, short: true },
    });
    assert.equal(progressOf('case', state, now + 1).classes['p3']?.short, false);
    assert.deepEqual(progress.pausedTeams, ['a']);
    assert.deepEqual(progress.prioritised, [{ team: 'b', priority: 1, weight: 1 }]);
    assert.deepEqual([progress.hold, progress.closing], [null, null]);
  });

  it('is done when all were started and have reported, or when nothing is open in a closing campaign', () => {
    const state = campaignOf({ a: 2 });
    assert.equal(isDone(state), false);
    open(state, { s: 'a' });
    assert.equal(isDone(state), false);
    closeSubmission(state, { submission: 's', state: 'finished', costMicroUsd: 0 });
    assert.equal(isDone(state), false);
    assert.equal(isDone({ ...state, closing: 'cancelled' }), true);
    open(state, { t: 'a' });
    assert.equal(isDone({ ...state, closing: 'cancelled' }), false);
    closeSubmission(state, { submission: 't', state: 'failed', costMicroUsd: 0 });
    assert.equal(isDone(state), true);
    assert.equal(isDone(campaignOf({})), true);
  });
});

describe('a campaign holds', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf({ a: 1 });
    open(state, { s: 'a' });
    takeRequest(state, request('s', 1));
  });

  it('never while it can go on', () => {
    assert.equal(hold(campaignOf({ a: 1 })), undefined, 'nothing was started yet');
    assert.equal(hold(state), undefined, 'a run was granted');
  });

  it('when it is paused or past its deadline and nothing runs', () => {
    state.paused = true;
    assert.equal(hold(state), 'paused');
    state.paused = false;
    assert.equal(hold(state, Date.parse(state.deadline)), 'deadline');
    assert.equal(hold(state, Date.parse(state.deadline) - 1), undefined);
  });

  it('when the worst case of everything that waits is more than is left', () => {
    state.money.budget = 99;
    assert.equal(hold(state), 'budget');
    state.money.budget = 100;
    assert.equal(hold(state), undefined);
  });

  it('not while a run, a preparation or a scoring is under way: it may free money or end', () => {
    const paused = (change: CampaignState): string | undefined => hold({ ...change, paused: true });
    decideNow(state);
    assert.equal(paused(state), undefined, 'running');
    settleRun(state, { submission: 's', n: 1, class: 'g4', costMicroUsd: 1 });
    assert.equal(paused(state), undefined, 'scoring');
    const preparing = campaignOf({ a: 1 });
    open(preparing, { s: 'a' });
    assert.equal(paused(preparing), undefined, 'preparing');
    assert.equal(hold(preparing, Date.parse(preparing.deadline)), undefined, 'preparing');
  });

  it('when only paused teams are left, started or not', () => {
    const team = state.teams['a'] ?? assert.fail();
    team.paused = true;
    assert.equal(hold(state), 'paused');
    const unstarted = campaignOf({ a: 2, b: 0 });
    unstarted.teams['a'] = { submissions: 2, next: 0, priority: 3, weight: 1, paused: true };
    assert.equal(hold(unstarted), 'paused');
  });

  it('when no class that would do has a slot any more', () => {
    state.slots = { g4: 0, p3: 1 };
    assert.equal(hold(state), 'slots');
    const unstarted = campaignOf({ a: 1 });
    unstarted.slots = { g4: 0, p3: 0 };
    assert.equal(hold(unstarted), 'slots');
  });

  it('not for a class that is short of machines: that passes', () => {
    state.shortUntil['g4'] = now + 1;
    assert.equal(hold(state), undefined);
    assert.equal(progressOf('case', state, now).counts.waiting, 1);
  });

  it('not when a dearer class in the list can still be paid', () => {
    state = campaignOf({ a: 1 });
    open(state, { s: 'a' });
    takeRequest(state, request('s', 1, 'evaluation', [option('g4', 2_000), option('p3', 900)]));
    assert.equal(hold(state), undefined);
    assert.equal(state.open['s']?.grant?.class, 'p3');
  });

  it('not when it is closing or done', () => {
    assert.equal(hold({ ...state, paused: true, closing: 'cancelled' }), undefined);
    assert.equal(hold({ ...campaignOf({}), paused: true }), undefined);
  });
});
