import assert from 'node:assert/strict';
import { futuresOf } from '../../../src/campaign/planning/futures.ts';
import { quantilesOf } from '../../../src/campaign/random/quantiles.ts';

describe('futures', () => {
  it('have the expected duration at P50 and the assumed factor at P10 and P90', () => {
    const { p10, p50, p90 } = quantilesOf(
      futuresOf(1_001).map(({ durationFactor }) => durationFactor),
      'equal parts',
    );
    assert.equal(p50, 1);
    assert.ok(Math.abs(p10 - 1 / 2.5) < 0.002 && Math.abs(p90 - 2.5) < 0.02, `${p10} ${p90}`);
  });

  it('have a median of 5 % that need a larger GPU', () => {
    const { p10, p50, p90 } = quantilesOf(
      futuresOf(1_001).map((future) => future.outOfGpuMemoryShare),
      'equal parts',
    );
    assert.deepEqual(
      [p10, p50, p90].map((share) => Math.round(share * 100)),
      [0, 5, 16],
    );
  });

  it('are the expected one if there is only one', () => {
    assert.deepEqual(
      futuresOf(1).map(({ durationFactor }) => durationFactor),
      [1],
    );
    assert.deepEqual(quantilesOf([7], 'equal parts'), { p10: 7, p50: 7, p90: 7 });
  });

  it('are always the same', () => {
    assert.deepEqual(futuresOf(11), futuresOf(11));
  });
});
