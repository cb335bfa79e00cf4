import assert from 'node:assert/strict';
import { ClassCostModel } from '../../../src/campaign/state/class-cost-model.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import {
  bookedState,
  campaignOf,
  decideNow,
  grantsNow,
  holdings,
  now,
  open,
  option,
  report,
  request,
  settlement,
} from './state-samples.ts';

const money = ({ money: { spent, reruns, probes, overhead, byClass } }: CampaignState): object => ({
  spent,
  reruns,
  probes,
  overhead,
  byClass: { ...byClass },
});
const spentOn = (byClass: Record<string, number>, change: object = {}): object => ({
  spent: Object.values(byClass).reduce((sum, cost) => sum + cost, 0),
  reruns: 0,
  probes: 0,
  overhead: 0,
  byClass,
  ...change,
});
const nothingHeld = { slots: {}, reserved: 0 };

describe('the ended runs of a class', () => {
  it('count by purpose and reason, each once, also those that no machine was found for', () => {
    const state = campaignOf([3]);
    open(state, { s: 0 });
    state.settle(settlement(1, 10, { purpose: 'probe' }));
    state.settle(settlement(2, 10, { reason: 'unplaceable' }));
    for (const n of [3, 4, 4]) state.settle(settlement(n, 10, { reason: 'time-limit' }));
    state.settle(settlement(5, 10));
    state.settle(settlement(6, 10, { class: 'p3', purpose: 'probe', reason: 'platform-error' }));
    assert.deepEqual(state.statistics.endsOn('g4'), [
      { purpose: 'probe', reason: null, count: 1 },
      { purpose: 'evaluation', reason: 'unplaceable', count: 1 },
      { purpose: 'evaluation', reason: 'time-limit', count: 2 },
      { purpose: 'evaluation', reason: null, count: 1 },
    ]);
    assert.deepEqual(state.statistics.endsOn('p3'), [{ purpose: 'probe', reason: 'platform-error', count: 1 }]);
    assert.deepEqual(state.statistics.endsOn('c4'), []);
  });
});

describe('messages to a campaign', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([3]);
    open(state, { s: 0 });
  });

  it('open a submission once', () => {
    state.request(request('s', 1));
    state.start('s', 0, 1);
    assert.equal(state.open.get('s')?.request?.n, 1);
  });

  it('open no round before the previous one has reported its result, and lose neither', () => {
    assert.equal(state.start('s', 0, 2), false, 'the record is written, its report is late');
    state.finish(report(60));
    assert.equal(state.start('s', 0, 2), true);
    state.request(request('s', 2));
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
    state.finish(report(70, { sequence: 2 }));
    assert.deepEqual([state.counts.finished, state.money.spent], [2, 130]);
  });

  it('keep a preparing place until the first request for an evaluation', () => {
    state.request(request('s', 1, 'probe'));
    assert.equal(state.open.get('s')?.preparing, true);
    decideNow(state);
    state.request({ ...request('s', 2), settles: settlement(1, 10) });
    assert.equal(state.open.get('s')?.preparing, false);
  });

  it('return the same grant for a repeated request, and grant nothing twice', () => {
    assert.equal(state.request(request('s', 1)), undefined);
    assert.equal(state.request(request('s', 1)), undefined, 'not decided yet');
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
    const grant = { n: 1, purpose: 'evaluation', rerun: false, class: 'g4', reserved: 100, since: now };
    assert.deepEqual(state.request(request('s', 1)), grant);
    assert.deepEqual(grantsNow(state), []);
    assert.deepEqual(holdings(state), { slots: { g4: 1 }, reserved: 100 });
  });

  it('ignore a request whose run has ended', () => {
    state.request(request('s', 1));
    decideNow(state);
    state.settle(settlement(1, 10));
    assert.equal(state.request(request('s', 1)), undefined);
    assert.deepEqual(grantsNow(state), []);
    assert.deepEqual(holdings(state), nothingHeld);
  });

  it('refuse a repeated request again', () => {
    state.set({ closing: 'budget-exhausted' });
    const refusal = { kind: 'refuse', submission: 's', n: 1, reason: 'budget-exhausted' };
    for (const _ of ['first', 'again']) {
      state.request(request('s', 1));
      assert.deepEqual(decideNow(state), [refusal]);
    }
  });

  it('keep a repeated request’s place in the queue', () => {
    open(state, { t: 0 });
    state.request(request('s', 1));
    state.request(request('t', 1));
    state.request(request('s', 1));
    assert.deepEqual([state.open.get('s')?.request?.ticket, state.open.get('t')?.request?.ticket], [1, 2]);
  });

  it('keep a newer request when an older one arrives late', () => {
    state.request({ ...request('s', 2), settles: settlement(1, 10) });
    assert.equal(state.request(request('s', 1, 'probe')), undefined);
    assert.equal(state.open.get('s')?.request?.n, 2);
  });

  it('book a run once, however often and in whatever message its cost arrives', () => {
    state.request(request('s', 1));
    decideNow(state);
    state.settle(settlement(1, 60));
    state.settle(settlement(1, 60));
    state.request({ ...request('s', 2), settles: settlement(1, 60) });
    assert.deepEqual(money(state), spentOn({ g4: 60 }));
    assert.deepEqual(holdings(state), nothingHeld);
  });

  it('free the slot in the same message that asks for the next run', () => {
    state.request(request('s', 1));
    decideNow(state);
    state.request({ ...request('s', 2, 'evaluation', [option('p3', 500)]), settles: settlement(1, 60) });
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
    assert.deepEqual(holdings(state), { slots: { p3: 1 }, reserved: 500 });
  });

  it('keep a held grant when an older run is settled late', () => {
    state.request(request('s', 2, 'probe'));
    decideNow(state);
    state.settle(settlement(1, 60));
    assert.equal(holdings(state).reserved, 100);
    assert.deepEqual(money(state), spentOn({ g4: 60 }), 'run 1 was no probe');
  });

  it('show probes, reruns and platform faults separately', () => {
    state.settle(settlement(1, 5, { purpose: 'probe' }));
    state.settle(settlement(2, 7, { reason: 'spot-reclaimed' }));
    state.settle(settlement(3, 11, { reason: 'gpu-out-of-memory', rerun: true }));
    state.settle(settlement(4, 13, { rerun: true, class: 'p3', reason: 'platform-error' }));
    assert.deepEqual(money(state), spentOn({ g4: 23, p3: 13 }, { probes: 5, overhead: 20, reruns: 24 }));
  });

  it('remember why the last run failed until one succeeds', () => {
    state.settle(settlement(1, 1, { reason: 'spot-reclaimed' }));
    assert.equal(state.open.get('s')?.lastReason, 'spot-reclaimed');
    state.settle(settlement(2, 1));
    assert.equal(state.open.get('s')?.lastReason, undefined);
  });

  it('ignore messages from a submission that is not open', () => {
    const before = structuredClone(state);
    const strange = { ...request('stranger', 1), settles: settlement(1, 5, { submission: 'stranger' }) };
    assert.equal(state.request(strange), undefined);
    state.settle(settlement(1, 5, { submission: 'constructor' }));
    state.finish(report(5, { submission: 'toString' }));
    assert.deepEqual(structuredClone(state), before);
  });

  it('accept any name of a submission or class', () => {
    for (const name of ['constructor', 'toString', '123', 'hasOwnProperty', '__proto__']) {
      state = campaignOf([1]);
      state.setSlots(name, 1);
      state.start(name, 0, 1);
      assert.equal(state.request(request(name, 1, 'evaluation', [option(name, 70)])), undefined);
      assert.deepEqual(grantsNow(state), [[name, name]]);
      state.settle(settlement(1, 30, { submission: name, class: name }));
      state.finish(report(30, { submission: name }));
      assert.equal(state.money.byClass[name], 30);
      assert.equal(state.counts.finished, 1);
    }
  });

  for (const how of ['preparing', 'waiting', 'granted', 'settled', 'refused'] as const) {
    it(`free everything when the report comes of a submission that is ${how}`, () => {
      if (how !== 'preparing') state.request(request('s', 1));
      if (how === 'refused') state.set({ closing: 'cancelled' });
      if (how !== 'waiting' && how !== 'preparing') decideNow(state);
      if (how === 'settled') state.settle(settlement(1, 60));
      state.finish(report(60, { state: 'failed', reason: 'time-limit' }));
      assert.equal(state.open.has('s'), false);
      assert.deepEqual(holdings(state), nothingHeld);
      assert.equal(state.money.spent, 60);
      assert.deepEqual(state.counts, { finished: 0, failed: 1, cancelled: 0 });
      assert.deepEqual(state.reasons, { 'time-limit': 1 });
    });
  }

  it('count a report once and ignore all later messages', () => {
    state.request(request('s', 1));
    decideNow(state);
    state.finish(report(60));
    const before = structuredClone(state);
    state.finish(report(60));
    state.settle(settlement(1, 60));
    assert.equal(state.request({ ...request('s', 2), settles: settlement(1, 60) }), undefined);
    assert.deepEqual(structuredClone(state), before);
  });

  it('ignore the report of an earlier round', () => {
    state.finish(report(0));
    state.start('s', 0, 2);
    state.request(request('s', 1));
    decideNow(state);
    const before = structuredClone(state);
    state.finish(report(60, { sequence: 1 }));
    assert.deepEqual(structuredClone(state), before);
    state.finish(report(60, { sequence: 2 }));
    assert.equal(state.counts.finished, 2);
  });

  it('count a submission once, by its valid result after a later round', () => {
    state.finish(report(0, { state: 'failed', reason: 'time-limit' }));
    const [failed, finished] = [{ state: 'failed', reason: 'time-limit' }, { state: 'finished' }] as const;
    state.start('s', 0, 2);
    state.finish(report(0, { sequence: 2, standing: { before: failed, now: finished } }));
    assert.deepEqual([state.counts, state.reasons], [{ finished: 1, failed: 0, cancelled: 0 }, {}]);
    state.start('s', 0, 3);
    const cancelled = { state: 'cancelled', reason: 'cancelled' } as const;
    state.finish(report(0, { sequence: 3, ...cancelled, standing: { before: finished, now: finished } }));
    assert.deepEqual([state.counts, state.reasons], [{ finished: 1, failed: 0, cancelled: 0 }, {}]);
  });

  it('book the reported cost beyond the settled runs on the class of the granted run', () => {
    state.request(request('s', 1));
    decideNow(state);
    state.request({
      ...request('s', 2, 'evaluation', [option('p3', 500)], true),
      settles: settlement(1, 60),
    });
    decideNow(state);
    state.finish(report(360));
    assert.deepEqual(money(state), spentOn({ g4: 60, p3: 300 }, { reruns: 300 }));
  });

  it('show a last run as probe or overhead even if only the report contains its cost', () => {
    state.request(request('s', 1));
    decideNow(state);
    state.finish(report(60, { state: 'failed', reason: 'platform-error' }));
    assert.deepEqual(money(state), spentOn({ g4: 60 }, { overhead: 60 }));
    open(state, { t: 0 });
    state.request(request('t', 1, 'probe'));
    decideNow(state);
    state.finish(report(5, { submission: 't', state: 'cancelled', reason: 'cancelled' }));
    assert.deepEqual(money(state), spentOn({ g4: 65 }, { probes: 5, overhead: 60 }));
  });

  it('add a last run that only the report contains to the statistics', () => {
    const failed = { purpose: 'evaluation', class: 'g4', billedSeconds: 60, costMicroUsd: 60 } as const;
    const reason = 'gpu-out-of-memory';
    const settled = campaignOf([3]);
    open(settled, { s: 0 });
    for (const one of [state, settled]) {
      one.request(request('s', 1));
      decideNow(one);
    }
    settled.settle(settlement(1, 60, { reason }));
    state.finish(report(60, { state: 'failed', reason, lastRun: { n: 1, ...failed, reason } }));
    assert.deepEqual(state.statistics, settled.statistics);
    assert.deepEqual(new ClassCostModel(state).memoryOutcomesOn('g4'), { ended: 1, outOfMemory: 1 });
    assert.deepEqual(money(state), spentOn({ g4: 60 }));
    assert.deepEqual(holdings(state), nothingHeld);
  });

  it('keep the state as small as the open submissions', () => {
    state = bookedState();
    for (const submission of ['s', 't', 'u']) state.finish(report(0, { submission }));
    assert.equal(state.open.size, 0);
  });
});
