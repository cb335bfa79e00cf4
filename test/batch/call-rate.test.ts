import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { CallRate } from '../../src/batch/call-rate.ts';

describe('the slots of calls', () => {
  const windowMs = 40;

  /** Blocks this process, as a busy machine does. */
  const stall = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

  it('let no window see more calls than there are, though process and answers stall', async () => {
    const slots = new CallRate(4, windowMs);
    const carriedOut: number[] = [];
    const call = async (n: number): Promise<void> => {
      // On its way, then carried out, then answered; every pause may be long.
      await delay(n % 3 === 0 ? 30 : 0);
      carriedOut.push(performance.now());
      await delay(n % 5 === 0 ? 25 : 0);
    };
    const calls = Array.from({ length: 60 }, (_, n) => slots.run(() => call(n)));
    const stalls = setInterval(() => stall(90), 150);
    await Promise.all(calls);
    clearInterval(stalls);
    assert.equal(carriedOut.length, 60);
    for (const at of carriedOut) {
      // A timer may be a millisecond early.
      const within = carriedOut.filter((other) => other >= at && other < at + windowMs - 2).length;
      assert.ok(within <= 4, `${within} calls within the window`);
    }
  });

  it('free a slot after a call that failed', async () => {
    const slots = new CallRate(1, 5);
    await assert.rejects(
      slots.run(() => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await slots.run(() => Promise.resolve('yes')), 'yes');
  });

  it('do not delay calls while slots are free', async () => {
    const slots = new CallRate(3, 60_000);
    const began = performance.now();
    await Promise.all([1, 2, 3].map((n) => slots.run(() => Promise.resolve(n))));
    assert.ok(performance.now() - began < 5_000);
  });
});
