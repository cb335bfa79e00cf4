import { classShortageMs } from '../../../src/campaign/state/class-shortage.ts';
import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import {
  campaignOf,
  decideNow,
  given,
  grantsNow,
  holdings,
  now,
  open,
  option,
  request,
  settlement,
  treat,
} from '../state/state-samples.ts';

describe('grants while the deadline is at risk', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([9, 9, 9, 9]);
    state.set({ deadlineAtRisk: true });
    given(state, { slots: { g4: 1, p3: 1 } });
    state.setBudget(100_000);
    open(state, { s: 0, t: 1, u: 2, v: 3 });
  });
  /** Prefers `g4` with these hours and a cost of 100; the cost on `p3` differs from its worst case by the given amount. */
  const ask = (submission: string, hours: number, more: number, worst = 100): void => {
    const moreExpensive = option('p3', worst + more, { expected: 100 + Math.abs(more), hours: hours / 2 });
    state.request(request(submission, 1, 'evaluation', [option('g4', worst, { expected: 100, hours }), moreExpensive]));
  };

  it('give free slots of more expensive classes to requests for a full class', () => {
    ask('s', 1, 50);
    ask('t', 1, 50);
    assert.deepEqual(grantsNow(state), [
      ['s', 'g4'],
      ['t', 'p3'],
    ]);
    assert.deepEqual(holdings(state), { slots: { g4: 1, p3: 1 }, reserved: 250 });
  });

  it('are made only while the deadline is at risk', () => {
    state.set({ deadlineAtRisk: false });
    ask('s', 1, 50);
    ask('t', 1, 50);
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('are made where a dollar saves most time', () => {
    ask('s', 1, 50);
    ask('t', 2, 100);
    ask('u', 6, 200);
    ask('v', 8, 400);
    assert.deepEqual(grantsNow(state), [
      ['s', 'g4'],
      ['u', 'p3'],
    ]);
    state.settle(settlement(1, 1, { submission: 'u', class: 'p3' }));
    assert.deepEqual(grantsNow(state), [['t', 'p3']], 'of two equal ones the one that waited longer');
  });

  it('follow the team’s priority first', () => {
    ask('s', 1, 50);
    ask('t', 9, 10);
    ask('u', 1, 900);
    treat(state, 0, { priority: 1 });
    treat(state, 2, { priority: 2 });
    assert.deepEqual(grantsNow(state), [
      ['s', 'g4'],
      ['u', 'p3'],
    ]);
  });

  it('never exceed the budget, nor use the reserve for reruns', () => {
    state.setBudget(240);
    ask('s', 1, 50);
    ask('t', 1, 50);
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
    state.setBudget(250);
    Object.assign(state.money, { reserveShare: 0.1 });
    assert.deepEqual(grantsNow(state), []);
    Object.assign(state.money, { reserveShare: 0 });
    assert.deepEqual(grantsNow(state), [['t', 'p3']]);
  });

  it('are not made for a request that waits for money while its own class has a free slot', () => {
    given(state, { slots: { g4: 2, p3: 1 } });
    state.setBudget(250);
    ask('s', 1, 50, 150);
    ask('t', 1, -150, 200);
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('are never made on a class that is short of machines', () => {
    state.markShort('p3', now);
    ask('s', 1, 50);
    ask('t', 1, 50);
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
    assert.deepEqual(grantsNow(state, now + classShortageMs), [['t', 'p3']]);
  });

  it('are never made to a paused team', () => {
    ask('s', 1, 50);
    ask('t', 1, 50);
    treat(state, 1, { paused: true });
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('pass over a request that waits for money twenty times, then keep the saved money for it', () => {
    state = campaignOf(Array.from({ length: 40 }, () => 1));
    state.set({ deadlineAtRisk: true });
    given(state, { slots: { g4: 1, p3: 100, c4: 2 } });
    open(state, { holder: 0, waits: 1, busy: 2 });
    state.request(request('busy', 1, 'evaluation', [option('g4', 1)]));
    state.request(request('holder', 1, 'evaluation', [option('c4', 600)]));
    decideNow(state);
    state.request(request('waits', 1, 'evaluation', [option('c4', 500)]));
    let passes = 0;
    for (let team = 3; team < 40; team += 1) {
      open(state, { [`small-${team}`]: team });
      state.request(request(`small-${team}`, 1, 'evaluation', [option('g4', 1), option('p3', 2)]));
      passes += grantsNow(state).length;
    }
    assert.equal(passes, 20);
    state.settle(settlement(1, 0, { submission: 'holder', class: 'c4' }));
    assert.deepEqual(grantsNow(state)[0], ['waits', 'c4']);
  });
});
