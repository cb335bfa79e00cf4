import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { breakEvenSuccess } from '../../../src/campaign/evaluation/break-even.ts';
import { g4, p3 } from '../samples.ts';

const speeds = p3.relativeSpeed / g4.relativeSpeed;
const onG4 = (g4.microUsdPerHour * speeds) / p3.microUsdPerHour;

describe('the share of runs that must succeed on the cheap class', () => {
  it('is 37 % for G4 and P3 when runs fail at their very end', () => {
    assert.equal(onG4.toFixed(3), '0.368');
    assert.equal(breakEvenSuccess(onG4, 1).toFixed(3), '0.368');
  });

  it('is f·0.37 ÷ (1 − 0.37 + f·0.37) when they fail after the share f of their time', () => {
    for (const [failedShare, least] of [
      [1, 0.368],
      [0, 0],
      [0.1, 0.055],
      [0.5, 0.225],
    ] as const) {
      assert.equal(breakEvenSuccess(onG4, failedShare).toFixed(3), least.toFixed(3));
    }
  });

  it('is far below the 80 % of runs that succeeded on G4 in the reference case', () => {
    assert.ok(breakEvenSuccess(onG4, 1) < 0.8);
  });

  it('is 1 for a class that is not cheaper', () => {
    assert.deepEqual([breakEvenSuccess(1, 0), breakEvenSuccess(2, 0.5)], [1, 1]);
  });

  it('makes starting on the cheap class cost as much as starting on the expensive one', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(share, share, (ratio, failed) => {
        const success = breakEvenSuccess(ratio, failed);
        const tryFirst = success * ratio + (1 - success) * (failed * ratio + 1);
        assert.ok(Math.abs(tryFirst - 1) < 1e-9);
      }),
    );
  });
});
