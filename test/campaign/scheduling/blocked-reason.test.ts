import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { blockedReasonOf } from '../../../src/campaign/scheduling/blocked-reason.ts';
import {
  campaignOf,
  changed,
  decideNow,
  given,
  now,
  open,
  option,
  report,
  request,
  settlement,
  treat,
} from '../state/state-samples.ts';
import { isDone } from '../../../src/campaign/scheduling/is-done.ts';

const hold = (state: CampaignState, at = now): string | undefined => {
  decideNow(state, at);
  return blockedReasonOf(state, at);
};

describe('a campaign is done', () => {
  it('when all rounds were started and have reported, or when nothing is open in a closing campaign', () => {
    const state = campaignOf([2]);
    const closing = (): CampaignState => changed(state, { closing: 'cancelled' });
    assert.equal(isDone(state), false);
    open(state, { s: 0 });
    assert.equal(isDone(state), false);
    state.finish(report(0));
    assert.equal(isDone(state), false);
    assert.equal(isDone(closing()), true);
    open(state, { t: 0 });
    assert.equal(isDone(closing()), false);
    state.finish(report(0, { submission: 't', state: 'failed' }));
    assert.equal(isDone(state), true);
    assert.equal(isDone(campaignOf([])), true);
  });
});

describe('a campaign is blocked', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([1]);
    open(state, { s: 0 });
    state.request(request('s', 1));
  });

  it('never while it can continue', () => {
    assert.equal(hold(campaignOf([1])), undefined, 'nothing was started yet');
    assert.equal(hold(state), undefined, 'a run was granted');
  });

  it('when it is paused or past its deadline and nothing runs', () => {
    state.set({ paused: true });
    assert.equal(hold(state), 'paused');
    state.set({ paused: false });
    assert.equal(hold(state, Date.parse(state.deadline)), 'deadline');
    assert.equal(hold(state, Date.parse(state.deadline) - 1), undefined);
  });

  it('when no waiting request’s worst case fits into the available budget', () => {
    state.setBudget(99);
    assert.equal(hold(state), 'budget');
    state.setBudget(100);
    assert.equal(hold(state), undefined);
  });

  it('not while a run, a preparation or a scoring is under way', () => {
    const paused = (change: CampaignState): string | undefined => hold(changed(change, { paused: true }));
    decideNow(state);
    assert.equal(paused(state), undefined, 'running');
    state.settle(settlement(1, 1));
    assert.equal(paused(state), undefined, 'scoring');
    const preparing = campaignOf([1]);
    open(preparing, { s: 0 });
    assert.equal(paused(preparing), undefined, 'preparing');
    assert.equal(hold(preparing, Date.parse(preparing.deadline)), undefined, 'preparing');
  });

  it('when only paused teams are left, started or not', () => {
    treat(state, 0, { paused: true });
    assert.equal(hold(state), 'paused');
    const unstarted = campaignOf([2, 0]);
    treat(unstarted, 0, { paused: true });
    assert.equal(hold(unstarted), 'paused');
  });

  it('when the submissions of paused teams take every open place', () => {
    const full = campaignOf([1_500, 1]);
    for (let n = 0; n < 1_500; n += 1) {
      full.start(`s-${n}`, 0, 1);
      full.request(request(`s-${n}`, 1));
    }
    given(full, { started: [1_500, 0] });
    treat(full, 0, { paused: true });
    assert.equal(hold(full), 'paused');
  });

  it('when no suitable class has slots any more', () => {
    given(state, { slots: { g4: 0, p3: 1 } });
    assert.equal(hold(state), 'slots');
    const unstarted = campaignOf([1]);
    given(unstarted, { slots: { g4: 0, p3: 0 } });
    assert.equal(hold(unstarted), 'slots');
  });

  it('not when a class is short of machines, which passes', () => {
    state.markShort('g4', now);
    assert.equal(hold(state), undefined);
    assert.ok(state.open.get('s')?.request);
  });

  it('not while the budget covers a more expensive class', () => {
    state = campaignOf([1]);
    open(state, { s: 0 });
    state.request(request('s', 1, 'evaluation', [option('g4', 2_000), option('p3', 900)]));
    assert.equal(hold(state), undefined);
    assert.equal(state.open.get('s')?.grant?.class, 'p3');
  });

  it('not when it is closing or done', () => {
    assert.equal(hold(changed(state, { paused: true, closing: 'cancelled' })), undefined);
    assert.equal(hold(changed(campaignOf([]), { paused: true })), undefined);
  });
});
