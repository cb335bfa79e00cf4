import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { containerMemoryMiB, promisedSeconds, wallClockSeconds } from '../../../src/campaign/model/run-limits.ts';
import { c4, classes, g4, limits, p3 } from '../samples.ts';
import { worstCostMicroUsd } from '../../../src/campaign/model/money.ts';

describe('the limits of a run', () => {
  it('promise the wall clock on its own class', () => {
    assert.equal(wallClockSeconds(limits, p3, classes), 32_400);
  });

  it('are longer on a slower class of the same kind, by the ratio of speeds', () => {
    assert.equal(wallClockSeconds(limits, g4, classes), Math.ceil(32_400 * 2.14));
  });

  it('are never shorter than promised on a faster class', () => {
    const faster = { ...p3, name: 'faster', relativeSpeed: 10 };
    assert.equal(wallClockSeconds(limits, faster, [...classes, faster]), 32_400);
  });

  it('allow the same work on every class of a kind, and more on faster ones', () => {
    const faster = { ...p3, name: 'faster', relativeSpeed: 4.28 };
    assert.equal(promisedSeconds(limits, faster, [...classes, faster]), 16_200);
    assert.equal(Math.ceil(promisedSeconds(limits, g4, classes)), wallClockSeconds(limits, g4, classes));
    assert.equal(promisedSeconds(limits, c4, classes), 24 * 3600);
  });

  it('use a CPU class’s own wall clock and never scale by the speeds of GPU classes', () => {
    assert.equal(wallClockSeconds(limits, c4, classes), 24 * 3600);
    const { wallClockSeconds: _, ...silent } = c4;
    assert.equal(wallClockSeconds(limits, { ...silent, relativeSpeed: 0.1 }, classes), 32_400);
  });

  it('reserve 512 MiB for the machine and never give a container more than promised', () => {
    assert.equal(containerMemoryMiB(limits, p3), 14_336);
    assert.equal(containerMemoryMiB(limits, { ...p3, memoryMiB: 14_848 }), 14_336);
    assert.equal(containerMemoryMiB(limits, { ...p3, memoryMiB: 14_847 }), 14_335);
  });

  it('reserve the scaled wall clock and the hour until Batch’s own time-out', () => {
    assert.equal(worstCostMicroUsd(limits, p3, classes), 10 * 3_060_000);
    assert.equal(worstCostMicroUsd(limits, c4, classes), 25 * 796_000);
    assert.equal(
      worstCostMicroUsd(limits, g4, classes),
      Math.ceil(((Math.ceil(32_400 * 2.14) + 3_600) * 526_000) / 3_600),
    );
  });

  it('reserve more for a slower class at the same price', () => {
    const speed = fc.double({ min: 0.01, max: 2.14, noNaN: true });
    fc.assert(
      fc.property(speed, speed, (a, b) => {
        const worst = (relativeSpeed: number): number => worstCostMicroUsd(limits, { ...g4, relativeSpeed }, classes);
        return worst(Math.min(a, b)) >= worst(Math.max(a, b));
      }),
    );
  });
});
