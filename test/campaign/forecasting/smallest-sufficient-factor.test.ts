import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { smallestSufficientFactor } from '../../../src/campaign/forecasting/smallest-sufficient-factor.ts';

describe('the smallest sufficient factor', () => {
  it('is found approximately, even if machines share only part of the work', () => {
    const hours = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(hours, fc.double({ min: 0, max: 0.8, noNaN: true }), hours, (takes, shared, left) => {
        const takesWith = (factor: number): number => takes * (shared + (1 - shared) / factor);
        const found = smallestSufficientFactor({ takes, left, most: 8 }, takesWith);
        if (found === undefined) return;
        assert.ok(takesWith(found) <= left);
        if (left < takes) assert.ok(found <= 8 && takesWith(found / 1.6) > left, `factor ${found}`);
      }),
    );
    assert.equal(
      smallestSufficientFactor({ takes: 10, left: 5, most: 8 }, (factor) => 10 / factor),
      2,
    );
    const withTail = smallestSufficientFactor({ takes: 10, left: 8, most: 8 }, (factor) => 7 + 3 / factor) ?? 0;
    assert.ok(withTail >= 3 && withTail < 4, `a long tail: factor ${withTail}`);
  });

  it('is undefined if machines are not the bottleneck, the factor is too large or no time is left', () => {
    let calls = 0;
    const useless = (): number => {
      calls += 1;
      return 10;
    };
    assert.equal(smallestSufficientFactor({ takes: 10, left: 9, most: 8 }, useless), undefined);
    assert.equal(calls, 2, 'the search stops early');
    assert.equal(
      smallestSufficientFactor({ takes: 10, left: 1, most: 8 }, (factor) => 10 / factor),
      undefined,
    );
    for (const left of [0, -1])
      assert.equal(smallestSufficientFactor({ takes: 10, left, most: 8 }, useless), undefined);
  });
});
