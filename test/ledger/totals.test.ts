import assert from 'node:assert/strict';
import { addChain, noTotals } from '../../src/ledger/totals.ts';
import { record, run } from './store-rig.ts';

describe('the totals of the ledger', () => {
  it('count a submission once, by its newest record, and its cost over all rounds', () => {
    const totals = noTotals();
    addChain(totals, [
      record('case', 's', { state: 'failed', reason: 'time-limit', runs: [run(1), run(2, { class: 'p3' })] }),
      record('case', 's', { sequence: 2, runs: [run(3)] }),
    ]);
    addChain(totals, [record('case', 't', { state: 'failed', reason: 'output-invalid', runs: [run(1)] })]);
    assert.deepEqual(totals.counts, { finished: 1, failed: 1, cancelled: 0 });
    assert.deepEqual(totals.reasons, { 'output-invalid': 1 });
    assert.equal(totals.money.spent, 400);
    assert.deepEqual({ ...totals.money.byClass }, { g4: 300, p3: 100 });
  });

  it('count evaluations after a submission’s first as reruns, in later rounds too, but no probes', () => {
    const totals = noTotals();
    addChain(totals, [
      record('case', 's', {
        runs: [
          run(1, { purpose: 'probe', costMicroUsd: 1 }),
          run(2, { costMicroUsd: 10 }),
          run(3, { costMicroUsd: 200 }),
        ],
      }),
      record('case', 's', {
        sequence: 2,
        runs: [run(4, { purpose: 'probe', costMicroUsd: 3_000 }), run(5, { costMicroUsd: 40_000 })],
      }),
    ]);
    const { spent, reruns, probes } = totals.money;
    assert.deepEqual({ spent, reruns, probes }, { spent: 43_211, reruns: 40_200, probes: 3_001 });
  });

  it('count the ended runs of a class by purpose and reason', () => {
    const totals = noTotals();
    addChain(totals, [
      record('case', 's', { runs: [run(1, { purpose: 'probe' }), run(2, { reason: 'unplaceable' }), run(3)] }),
    ]);
    assert.deepEqual(totals.pace.endsOn('g4'), [
      { purpose: 'probe', reason: null, count: 1 },
      { purpose: 'evaluation', reason: 'unplaceable', count: 1 },
      { purpose: 'evaluation', reason: null, count: 1 },
    ]);
  });

  it('count runs that the platform failed as overhead, except probes', () => {
    const totals = noTotals();
    addChain(totals, [
      record('case', 's', {
        runs: [
          run(1, { purpose: 'probe', reason: 'platform-error', costMicroUsd: 1 }),
          run(2, { reason: 'spot-reclaimed', costMicroUsd: 20 }),
          run(3, { reason: 'gpu-out-of-memory', costMicroUsd: 300 }),
        ],
      }),
    ]);
    assert.equal(totals.money.overhead, 20);
  });
});
