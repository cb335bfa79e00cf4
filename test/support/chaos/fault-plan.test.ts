import assert from 'node:assert/strict';
import { faultPlan, targets } from './fault-plan.ts';

describe('the plan of faults', () => {
  const minutes = 60;

  it('is the same for the same seed, and another one for another', () => {
    assert.deepEqual(faultPlan(1, minutes), faultPlan(1, minutes));
    assert.notDeepEqual(faultPlan(1, minutes), faultPlan(2, minutes));
  });

  it('has every kind of fault of every target within an hour, and none after it', () => {
    const plan = faultPlan(1, minutes);
    for (const [target, { kinds }] of Object.entries(targets)) {
      const planned = new Set(plan.filter((fault) => fault.target === target).map(({ kind }) => kind));
      assert.deepEqual([...planned].sort(), [...kinds].sort(), target);
    }
    assert.ok(plan.every(({ at }) => at >= 0 && at < minutes * 60_000));
  });

  it('lets one fault of a target end before the next begins', () => {
    for (const target of Object.keys(targets)) {
      const faults = faultPlan(1, minutes).filter((fault) => fault.target === target);
      for (const [n, { at, forMs }] of faults.entries())
        assert.ok(at + forMs < (faults[n + 1]?.at ?? Infinity), target);
    }
  });
});
