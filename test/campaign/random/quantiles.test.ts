import assert from 'node:assert/strict';
import { quantilesOf } from '../../../src/campaign/random/quantiles.ts';

describe('quantiles', () => {
  it('of nine random draws are the first, the fifth and the ninth', () => {
    const draws = [5, 1, 9, 3, 7, 2, 8, 4, 6];
    assert.deepEqual(quantilesOf(draws, 'random draws'), { p10: 1, p50: 5, p90: 9 });
  });

  it('of five equal parts are the first, the third and the fifth', () => {
    assert.deepEqual(quantilesOf([3, 1, 5, 2, 4], 'equal parts'), { p10: 1, p50: 3, p90: 5 });
  });

  it('lie between neighbouring values', () => {
    assert.equal(quantilesOf([1, 2], 'equal parts').p50, 1.5);
  });

  it('of one value are that value', () => {
    assert.deepEqual(quantilesOf([7], 'random draws'), { p10: 7, p50: 7, p90: 7 });
  });
});
