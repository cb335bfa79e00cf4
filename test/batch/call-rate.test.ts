import assert from 'node:assert/strict';
import { array, assert as check, integer, property } from 'fast-check';
import { CallRate } from '../../src/batch/call-rate.ts';

describe('the rate of calls', () => {
  it('never allows more calls than its limit within its window, and delays none without need', () => {
    const gaps = array(integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
    check(
      property(gaps, integer({ min: 1, max: 8 }), (pauses, calls) => {
        const rate = new CallRate(calls, 1_000);
        let now = 0;
        const starts: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const before = starts.filter((start) => start > now - 1_000).length;
          const start = rate.reserve(now);
          assert.ok(start >= now);
          if (before < calls && starts.every((earlier) => earlier <= now)) assert.equal(start, now);
          starts.push(start);
        }
        for (const start of starts) {
          assert.ok(starts.filter((other) => other >= start && other < start + 1_000).length <= calls);
        }
      }),
    );
  });
});
