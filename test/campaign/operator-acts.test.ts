import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { faultOfReprioritise, type ReprioritiseAct } from '../../src/campaign/operator-acts.ts';

/** Signals come from the Web UI as any JSON at all. */
const fault = (act: unknown): string | undefined => faultOfReprioritise(act as ReprioritiseAct);

describe('a reprioritisation', () => {
  it('is taken with a priority from 1 to 5, a weight from 0.001 to 1000, or both', () => {
    for (const act of [
      { priority: 1 },
      { priority: 5 },
      { weight: 0.001 },
      { weight: 1000 },
      { priority: 3, weight: 2.5 },
    ]) {
      assert.equal(fault(act), undefined, JSON.stringify(act));
    }
  });

  it('is refused without either, and with a wrong one beside a good one', () => {
    assert.match(fault({}) ?? '', /neither/);
    assert.match(fault({ priority: 1, weight: 0 }) ?? '', /weight 0 /);
    assert.match(fault({ priority: 0, weight: 1 }) ?? '', /priority 0 /);
  });

  it('is refused for numbers that are out of range or not whole', () => {
    for (const priority of [0, 6, -1, 1.5, Number.NaN, Infinity]) assert.ok(fault({ priority }), String(priority));
    for (const weight of [0, 0.0009, 1000.1, -1, Number.NaN, Infinity]) assert.ok(fault({ weight }), String(weight));
  });

  it('is refused for anything that is no number, even if it looks like one', () => {
    const noNumber = fc.jsonValue().filter((value) => typeof value !== 'number');
    for (const value of ['2', true, [2], null]) {
      assert.ok(fault({ priority: value }), `priority ${JSON.stringify(value)}`);
      assert.ok(fault({ weight: value }), `weight ${JSON.stringify(value)}`);
    }
    fc.assert(fc.property(noNumber, (value) => fault({ weight: value }) !== undefined));
    fc.assert(fc.property(noNumber, (value) => fault({ priority: value }) !== undefined));
  });
});
