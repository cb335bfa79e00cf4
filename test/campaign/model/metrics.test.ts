import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { bestFirst, evaluateMetric, metricNames, type Item, type Metric } from '../../../src/campaign/model/metrics.ts';

const valueOf = (metric: Metric, items: Item[]): number | undefined => {
  const result = evaluateMetric(metric, items);
  return result.kind === 'value' ? result.value : undefined;
};
const close = (actual: number | undefined, expected: number): void =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

// Few distinct values, so that ties happen.
const prediction = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 0.5, 0.75, 1));
const items = fc.array(fc.record({ prediction, label: fc.constantFrom(0, 1) }), { minLength: 1, maxLength: 60 });

const naive: Record<Metric, (items: Item[]) => number> = {
  'log-loss': (items) =>
    items.reduce((sum, { prediction, label }) => {
      const p = Math.min(Math.max(prediction, 1e-15), 1 - 1e-15);
      return sum - (label * Math.log(p) + (1 - label) * Math.log(1 - p));
    }, 0) / items.length,
  'roc-auc': (items) => {
    const positives = items.filter((item) => item.label === 1);
    const negatives = items.filter((item) => item.label === 0);
    let won = 0;
    for (const a of positives)
      for (const b of negatives) won += a.prediction > b.prediction ? 1 : a.prediction === b.prediction ? 0.5 : 0;
    return won / (positives.length * negatives.length);
  },
  accuracy: (items) => items.filter((item) => (item.prediction >= 0.5 ? 1 : 0) === item.label).length / items.length,
  f1: (items) => {
    const predicted = items.filter((item) => item.prediction >= 0.5);
    const precision = predicted.filter((item) => item.label === 1).length / predicted.length;
    const actual = items.filter((item) => item.label === 1);
    const recall = actual.filter((item) => item.prediction >= 0.5).length / actual.length;
    return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  },
  rmse: (items) =>
    Math.sqrt(items.reduce((sum, { prediction, label }) => sum + (prediction - label) ** 2, 0) / items.length),
};

describe('metrics', () => {
  for (const metric of metricNames) {
    it(`${metric} equals its definition, in any order of the items`, () => {
      fc.assert(
        fc.property(items, (items) => {
          const value = valueOf(metric, items);
          const reference = naive[metric](items);
          if (Number.isNaN(reference)) return;
          close(value, reference);
          close(valueOf(metric, items.toReversed()), reference);
          close(
            valueOf(
              metric,
              items.toSorted((a, b) => a.prediction - b.prediction || a.label - b.label),
            ),
            reference,
          );
        }),
        { numRuns: 300 },
      );
    });
  }

  for (const metric of metricNames) {
    it(`${metric} ranks perfect predictions before bad ones`, () => {
      const labels = [0, 1, 1, 0];
      const perfect = valueOf(
        metric,
        labels.map((label) => ({ prediction: label, label })),
      );
      const bad = valueOf(
        metric,
        labels.map((label) => ({ prediction: 1 - label, label })),
      );
      assert.ok(perfect !== undefined && bad !== undefined);
      assert.equal(bestFirst(metric), perfect < bad ? 'ascending' : 'descending');
    });
  }

  it('never give NaN or infinity', () => {
    const wild = fc.array(
      fc.record({
        prediction: fc.double({ noNaN: true, noDefaultInfinity: true }),
        label: fc.double({ noNaN: true, noDefaultInfinity: true }),
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...metricNames), wild, (metric, items) => {
        const result = evaluateMetric(metric, items);
        assert.ok(result.kind === 'undefined' ? result.why !== '' : Number.isFinite(result.value));
      }),
    );
  });

  it('give ln 2 for a constant 0.5, and the clipped loss for a certain mistake', () => {
    const constant = Array.from({ length: 4_000 }, (_, i) => ({ prediction: 0.5, label: i % 3 === 0 ? 1 : 0 }));
    close(valueOf('log-loss', constant), Math.LN2);
    close(valueOf('log-loss', [{ prediction: 0, label: 1 }]), -Math.log(1e-15));
    close(valueOf('log-loss', [{ prediction: 1, label: 0 }]), -Math.log(1 - (1 - 1e-15)));
    close(valueOf('log-loss', [{ prediction: 1, label: 1 }]), 0);
  });

  it('keep small losses that plain addition would lose', () => {
    const many = [
      { prediction: 0, label: 1 },
      ...Array.from({ length: 200_000 }, () => ({ prediction: 1e-15, label: 0 })),
    ];
    const exact = (-Math.log(1e-15) + 200_000 * 1e-15) / 200_001;
    assert.ok(Math.abs((valueOf('log-loss', many) ?? 0) - exact) < 1e-19);
  });

  it('are undefined where their definition is', () => {
    for (const metric of metricNames) assert.equal(evaluateMetric(metric, []).kind, 'undefined');
    assert.equal(evaluateMetric('roc-auc', [{ prediction: 1, label: 1 }]).kind, 'undefined');
    assert.equal(evaluateMetric('f1', [{ prediction: 0, label: 0 }]).kind, 'undefined');
    assert.equal(
      evaluateMetric('rmse', [{ prediction: Number.MAX_VALUE, label: -Number.MAX_VALUE }]).kind,
      'undefined',
    );
  });

  it('square very large and very small differences', () => {
    close(
      valueOf('rmse', [
        { prediction: 3e200, label: 0 },
        { prediction: 4e200, label: 0 },
      ]),
      Math.sqrt(12.5) * 1e200,
    );
    assert.equal(valueOf('rmse', [{ prediction: 1e-200, label: 0 }]), 1e-200);
  });
});
