import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { billedSeconds, costMicroUsd, dollars } from '../../../src/campaign/model/money.ts';

const hour = 3600;

describe('money', () => {
  it('adds up the golden case: 25,000 h of G4, 5,000 h of C4 and 800 h of P3 are $19,578.00 exactly', () => {
    const bill: [hours: number, microUsdPerHour: number][] = [
      [25_000, 526_000],
      [5_000, 796_000],
      [800, 3_060_000],
    ];
    const total = bill.reduce((sum, [hours, price]) => sum + costMicroUsd(hours * hour, price), 0);
    assert.equal(total, 19_578_000_000);
    assert.equal(dollars(total), '$19,578.00');
  });

  it('gives the same total for 30,800 runs of one hour', () => {
    const runs = 25_000 * costMicroUsd(hour, 526_000) + 5_000 * costMicroUsd(hour, 796_000);
    assert.equal(runs + 800 * costMicroUsd(hour, 3_060_000), 19_578_000_000);
  });

  it('rounds up to the next micro-dollar, never down', () => {
    assert.equal(costMicroUsd(1, 526_000), 147); // 146.1
    assert.equal(costMicroUsd(0, 526_000), 0);
    assert.equal(costMicroUsd(1, 3_600), 1);
    assert.equal(costMicroUsd(1, 3_601), 2);
  });

  it('is whole, exact to the micro-dollar and never less than the price', () => {
    fc.assert(
      fc.property(fc.nat(31 * 24 * hour), fc.nat(40_000_000), (seconds, price) => {
        const exact = BigInt(seconds) * BigInt(price);
        const cost = BigInt(costMicroUsd(seconds, price)) * 3600n;
        assert.ok(cost >= exact && cost < exact + 3600n);
      }),
    );
  });

  it('is never less for two halves of a run than for the whole run', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.nat(1e6),
        fc.nat(4e7),
        (a, b, price) => costMicroUsd(a, price) + costMicroUsd(b, price) >= costMicroUsd(a + b, price),
      ),
    );
  });

  it('bills every attempt of a job from its start to its stop, each rounded up to a second', () => {
    assert.equal(billedSeconds([{ startedAt: 1_000, stoppedAt: 2_001 }]), 2);
    assert.equal(
      billedSeconds([
        { startedAt: 0, stoppedAt: 1 },
        { startedAt: 10_000, stoppedAt: 10_001 },
      ]),
      2,
    );
  });

  it('bills nothing for an attempt that never started or has no stop, nor for clocks that run backwards', () => {
    assert.equal(billedSeconds([]), 0);
    assert.equal(billedSeconds([{}, { startedAt: 5_000 }, { stoppedAt: 5_000 }]), 0);
    assert.equal(billedSeconds([{ startedAt: 5_000, stoppedAt: 4_000 }]), 0);
  });

  it('is shown in dollars and cents', () => {
    assert.equal(dollars(0), '$0.00');
    assert.equal(dollars(1_234_567_890), '$1,234.57');
  });
});
