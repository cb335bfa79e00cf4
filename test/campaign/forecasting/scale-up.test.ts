import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { smallestSufficientFactor } from '../../../src/campaign/forecasting/scale-up.ts';

describe('how many times as many machines', () => {
  it('are about the fewest that do, also where some of the time is no work that they share', () => {
    const hours = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(hours, fc.double({ min: 0, max: 0.8, noNaN: true }), hours, (takes, shared, left) => {
        const takesWith = (times: number): number => takes * (shared + (1 - shared) / times);
        const found = smallestSufficientFactor({ takes, left, most: 8 }, takesWith);
        if (found === undefined) return;
        assert.ok(takesWith(found) <= left);
        if (left < takes) assert.ok(found <= 8 && takesWith(found / 1.6) > left, `${found} times`);
      }),
    );
    assert.equal(
      smallestSufficientFactor({ takes: 10, left: 5, most: 8 }, (times) => 10 / times),
      2,
    );
    const withTail = smallestSufficientFactor({ takes: 10, left: 8, most: 8 }, (times) => 7 + 3 / times) ?? 0;
    assert.ok(withTail >= 3 && withTail < 4, `a long tail: ${withTail} times`);
  });

  it('are none where they are not what is waited for, would be too many, or no time is left', () => {
    let looks = 0;
    const useless = (): number => {
      looks += 1;
      return 10;
    };
    assert.equal(smallestSufficientFactor({ takes: 10, left: 9, most: 8 }, useless), undefined);
    assert.equal(looks, 2, 'and that is seen soon');
    assert.equal(
      smallestSufficientFactor({ takes: 10, left: 1, most: 8 }, (times) => 10 / times),
      undefined,
    );
    for (const left of [0, -1])
      assert.equal(smallestSufficientFactor({ takes: 10, left, most: 8 }, useless), undefined);
  });
});
