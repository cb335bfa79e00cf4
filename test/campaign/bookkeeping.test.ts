import assert from 'node:assert/strict';
import { closeSubmission, openSubmission, settleRun, takeRequest } from '../../src/campaign/bookkeeping.ts';
import { heldSlots, reservedMicroUsd, type CampaignState } from '../../src/campaign/campaign-state.ts';
import type { RunSettlement, SubmissionReport } from '../../src/campaign/protocol.ts';
import { bookedState, campaignOf, decideNow, grantsNow, open, option, request } from './state-samples.ts';

const settlement = (n: number, costMicroUsd: number, change: Partial<RunSettlement> = {}): RunSettlement => ({
  submission: 's',
  n,
  class: 'g4',
  costMicroUsd,
  ...change,
});
const report = (costMicroUsd: number, change: Partial<SubmissionReport> = {}): SubmissionReport => ({
  submission: 's',
  state: 'finished',
  costMicroUsd,
  ...change,
});
const money = ({ money: { spent, probes, overhead, byClass } }: CampaignState): object => ({
  spent,
  probes,
  overhead,
  byClass: { ...byClass },
});

describe('the books of a campaign', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf({ a: 3 });
    open(state, { s: 'a' });
  });

  it('open a submission once', () => {
    takeRequest(state, request('s', 1));
    openSubmission(state, 's', 'a');
    assert.equal(state.open['s']?.request?.n, 1);
  });

  it('take over a run that is under way when its campaign lost its state: slot and reservation count at once', () => {
    const answer = takeRequest(state, { ...request('s', 3), granted: { class: 'p3', reserved: 400 } });
    assert.equal(answer, undefined);
    assert.deepEqual({ ...heldSlots(state) }, { p3: 1 });
    assert.equal(reservedMicroUsd(state), 400);
    assert.equal(state.open['s']?.request, undefined);
    settleRun(state, settlement(3, 10, { class: 'p3' }));
    assert.equal(reservedMicroUsd(state), 0);
  });

  it('hold a preparing place until the first request for an evaluation', () => {
    takeRequest(state, request('s', 1, 'probe'));
    assert.equal(state.open['s']?.preparing, true);
    decideNow(state);
    takeRequest(state, { ...request('s', 2), settles: settlement(1, 10) });
    assert.equal(state.open['s']?.preparing, false);
  });

  it('answer a repeated request as before, without a second grant', () => {
    assert.equal(takeRequest(state, request('s', 1)), undefined);
    assert.equal(takeRequest(state, request('s', 1)), undefined, 'not decided yet');
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
    assert.deepEqual(takeRequest(state, request('s', 1)), { n: 1, class: 'g4', reserved: 100 });
    assert.deepEqual(grantsNow(state), []);
    assert.equal(reservedMicroUsd(state), 100);
  });

  it('answer a repeated request as before even after the run has ended', () => {
    takeRequest(state, request('s', 1));
    decideNow(state);
    settleRun(state, settlement(1, 10));
    assert.deepEqual(takeRequest(state, request('s', 1)), { n: 1, class: 'g4', reserved: 100 });
    assert.deepEqual(grantsNow(state), []);
  });

  it('answer a refused request as before', () => {
    state.closing = 'budget-exhausted';
    takeRequest(state, request('s', 1));
    assert.deepEqual(decideNow(state), [{ kind: 'refuse', submission: 's', n: 1, reason: 'budget-exhausted' }]);
    assert.deepEqual(takeRequest(state, request('s', 1)), { n: 1, refused: 'budget-exhausted' });
    assert.deepEqual(decideNow(state), []);
  });

  it('keep a repeated request’s place in the queue', () => {
    open(state, { t: 'a' });
    takeRequest(state, request('s', 1));
    takeRequest(state, request('t', 1));
    takeRequest(state, request('s', 1));
    assert.deepEqual([state.open['s']?.request?.ticket, state.open['t']?.request?.ticket], [1, 2]);
  });

  it('keep a newer request when an older one comes late', () => {
    takeRequest(state, { ...request('s', 2), settles: settlement(1, 10) });
    assert.equal(takeRequest(state, request('s', 1, 'probe')), undefined);
    assert.equal(state.open['s']?.request?.n, 2);
  });

  it('book a run once, however often and by whatever message its cost comes', () => {
    takeRequest(state, request('s', 1));
    decideNow(state);
    settleRun(state, settlement(1, 60));
    settleRun(state, settlement(1, 60));
    takeRequest(state, { ...request('s', 2), settles: settlement(1, 60) });
    assert.deepEqual(money(state), { spent: 60, probes: 0, overhead: 0, byClass: { g4: 60 } });
    assert.deepEqual([reservedMicroUsd(state), { ...heldSlots(state) }], [0, {}]);
  });

  it('free the slot in the same message that asks for the next run', () => {
    takeRequest(state, request('s', 1));
    decideNow(state);
    takeRequest(state, { ...request('s', 2, 'evaluation', [option('p3', 500)]), settles: settlement(1, 60) });
    assert.deepEqual(grantsNow(state), [['s', 'p3']]);
    assert.deepEqual({ ...heldSlots(state) }, { p3: 1 });
    assert.equal(reservedMicroUsd(state), 500);
  });

  it('keep a held grant when an older run is settled late', () => {
    takeRequest(state, request('s', 2, 'probe'));
    decideNow(state);
    settleRun(state, settlement(1, 60));
    assert.equal(reservedMicroUsd(state), 100);
    assert.deepEqual(money(state), { spent: 60, probes: 0, overhead: 0, byClass: { g4: 60 } }, 'run 1 was no probe');
  });

  it('show probes and the platform’s faults apart: they are spent, but not on a result', () => {
    takeRequest(state, request('s', 1, 'probe'));
    decideNow(state);
    takeRequest(state, { ...request('s', 2), settles: settlement(1, 5) });
    decideNow(state);
    takeRequest(state, { ...request('s', 3), settles: settlement(2, 7, { reason: 'spot-reclaimed' }) });
    decideNow(state);
    settleRun(state, settlement(3, 11, { reason: 'gpu-out-of-memory' }));
    assert.deepEqual(money(state), { spent: 23, probes: 5, overhead: 7, byClass: { g4: 23 } });
  });

  it('ignore what comes from a submission that is not open', () => {
    const before = JSON.stringify(state);
    assert.equal(
      takeRequest(state, { ...request('stranger', 1), settles: settlement(1, 5, { submission: 'stranger' }) }),
      undefined,
    );
    settleRun(state, settlement(1, 5, { submission: 'constructor' }));
    closeSubmission(state, report(5, { submission: 'toString' }));
    assert.equal(JSON.stringify(state), before);
  });

  it('take a submission, a team and a class by any name', () => {
    const names = ['constructor', 'toString', '123', 'hasOwnProperty'];
    for (const name of names) {
      state = campaignOf({ [name]: 1 });
      state.slots[name] = 1;
      open(state, { [name]: name });
      assert.equal(takeRequest(state, request(name, 1, 'evaluation', [option(name, 70)])), undefined);
      assert.deepEqual(grantsNow(state), [[name, name]]);
      settleRun(state, settlement(1, 30, { submission: name, class: name }));
      closeSubmission(state, report(30, { submission: name }));
      assert.deepEqual(money(state), { spent: 30, probes: 0, overhead: 0, byClass: { [name]: 30 } });
      assert.equal(state.counts.finished, 1);
    }
  });

  for (const how of ['waiting', 'granted', 'settled', 'refused', 'preparing'] as const) {
    it(`free everything when the report comes of a submission that is ${how}`, () => {
      if (how !== 'preparing') takeRequest(state, request('s', 1));
      if (how === 'refused') state.closing = 'cancelled';
      if (how !== 'waiting' && how !== 'preparing') decideNow(state);
      if (how === 'settled') settleRun(state, settlement(1, 60));
      closeSubmission(state, report(60, { state: 'failed', reason: 'time-limit' }));
      assert.deepEqual(Object.keys(state.open), []);
      assert.deepEqual([reservedMicroUsd(state), { ...heldSlots(state) }], [0, {}]);
      assert.equal(state.money.spent, 60);
      assert.deepEqual(state.counts, { finished: 0, failed: 1, cancelled: 0 });
      assert.deepEqual(state.reasons, { 'time-limit': 1 });
    });
  }

  it('count a report once and take nothing after it', () => {
    takeRequest(state, request('s', 1));
    decideNow(state);
    closeSubmission(state, report(60));
    const before = JSON.stringify(state);
    closeSubmission(state, report(60));
    settleRun(state, settlement(1, 60));
    assert.equal(takeRequest(state, { ...request('s', 2), settles: settlement(1, 60) }), undefined);
    assert.equal(JSON.stringify(state), before);
  });

  it('book what a report costs beyond the runs that were settled, on the class that was held', () => {
    takeRequest(state, request('s', 1));
    decideNow(state);
    takeRequest(state, { ...request('s', 2, 'evaluation', [option('p3', 500)]), settles: settlement(1, 60) });
    decideNow(state);
    closeSubmission(state, report(360));
    assert.deepEqual(money(state), { spent: 360, probes: 0, overhead: 0, byClass: { g4: 60, p3: 300 } });
  });

  it('show a last run as probe or overhead too, though only the report tells its cost', () => {
    takeRequest(state, request('s', 1));
    decideNow(state);
    closeSubmission(state, report(60, { state: 'failed', reason: 'platform-error' }));
    assert.deepEqual(money(state), { spent: 60, probes: 0, overhead: 60, byClass: { g4: 60 } });
    open(state, { t: 'a' });
    takeRequest(state, request('t', 1, 'probe'));
    decideNow(state);
    closeSubmission(state, report(5, { submission: 't', state: 'cancelled', reason: 'cancelled' }));
    assert.deepEqual(money(state), { spent: 65, probes: 5, overhead: 60, byClass: { g4: 65 } });
  });

  it('stay as small as what is open', () => {
    state = bookedState();
    for (const submission of ['s', 't', 'u']) closeSubmission(state, report(0, { submission }));
    assert.deepEqual(Object.keys(state.open), []);
  });
});
