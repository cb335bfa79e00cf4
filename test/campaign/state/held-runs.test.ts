import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import type { HeldRunReport, Grant } from '../../../src/campaign/model/messages.ts';
import { campaignOf, grantsNow, holdings, now, open, request, settlement } from './state-samples.ts';

const grant = (n: number, change: Partial<Grant> = {}): Grant => ({
  n,
  purpose: 'evaluation',
  rerun: false,
  class: 'p3',
  reserved: 400,
  since: now,
  ...change,
});
const heldRun = (change: Partial<HeldRunReport>): HeldRunReport => ({
  submission: 's',
  sequence: 1,
  preparing: false,
  settled: [],
  ...change,
});

describe('the report of a submission to a campaign that lost its state', () => {
  let state: CampaignState;
  beforeEach(() => {
    state = campaignOf([3]);
    open(state, { s: 0 });
  });

  it('counts at once: slot, reservation and past runs', () => {
    state.restoreRun(heldRun({ settled: [settlement(1, 5, { purpose: 'probe' })], grant: grant(2) }));
    assert.deepEqual(holdings(state), { slots: { p3: 1 }, reserved: 400 });
    assert.equal(state.money.probes, 5);
    state.settle(settlement(2, 10, { class: 'p3' }));
    assert.deepEqual(holdings(state), { slots: {}, reserved: 0 });
    assert.equal(state.money.spent, 15);
  });

  it('queues its request', () => {
    state.restoreRun(heldRun({ settled: [settlement(1, 5)], request: request('s', 2) }));
    assert.deepEqual(grantsNow(state), [['s', 'g4']]);
  });

  it('changes nothing when it is repeated', () => {
    const running = heldRun({ settled: [settlement(1, 5)], grant: grant(2) });
    state.restoreRun(running);
    const once = structuredClone(state);
    state.restoreRun(running);
    assert.deepEqual(structuredClone(state), once);
    const waiting = heldRun({ settled: [settlement(1, 5), settlement(2, 6)], request: request('s', 3) });
    state.restoreRun(waiting);
    const then = structuredClone(state);
    state.restoreRun(waiting);
    state.restoreRun(running);
    assert.deepEqual(structuredClone(state), then, 'nor when an older one comes after a newer one');
  });

  it('is ignored in another round', () => {
    const before = structuredClone(state);
    state.restoreRun(heldRun({ sequence: 2, grant: grant(1), settled: [settlement(1, 5)] }));
    assert.deepEqual(structuredClone(state), before);
  });

  it('removes a running run that a late copy of its request put into the queue', () => {
    state.request(request('s', 1));
    state.restoreRun(heldRun({ grant: grant(1) }));
    assert.deepEqual(grantsNow(state), []);
    assert.deepEqual(holdings(state), { slots: { p3: 1 }, reserved: 400 });
  });

  it('removes an ended run that a late copy of its request put into the queue', () => {
    state.request(request('s', 1));
    state.restoreRun(heldRun({ settled: [settlement(1, 5)] }));
    assert.deepEqual(grantsNow(state), []);
    assert.deepEqual(holdings(state), { slots: {}, reserved: 0 });
  });

  it('books earlier runs, even if the settlement of a later one arrived first', () => {
    state.request({ ...request('s', 3), settles: settlement(2, 6) });
    const report = heldRun({
      settled: [settlement(1, 5, { purpose: 'probe' }), settlement(2, 6)],
      request: request('s', 3),
    });
    state.restoreRun(report);
    state.restoreRun(report);
    assert.deepEqual([state.money.spent, state.money.probes], [11, 5]);
  });

  it('gives no preparing place to a submission that has since requested an evaluation', () => {
    state.request(request('s', 2));
    state.restoreRun(heldRun({ preparing: true }));
    assert.equal(state.open.get('s')?.preparing, false);
  });
});
