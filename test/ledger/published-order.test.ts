import assert from 'node:assert/strict';
import { publishedOrder } from '../../src/ledger/published-order.ts';

describe('the published order of teams', () => {
  it('can be computed with sha256sum: ascending by the digest of `<seed>:<team>`', () => {
    // printf 2020:a | sha256sum, and so on.
    assert.deepEqual(publishedOrder(2020, ['a', 'b', 'c']), ['b', 'c', 'a']);
  });

  it('depends on the seed and not on the order of the manifest', () => {
    const teams = Array.from({ length: 50 }, (_, number) => `team-${number}`);
    assert.deepEqual(publishedOrder(1, teams.toReversed()), publishedOrder(1, teams));
    assert.notDeepEqual(publishedOrder(2, teams), publishedOrder(1, teams));
    assert.deepEqual(publishedOrder(1, teams).toSorted(), teams.toSorted());
  });
});
