import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { differences } from '../../../src/campaign/operators/json-differences.ts';

describe('differences of two campaign files', () => {
  it('names each place by its path, with both values', () => {
    const was = { budget: { microUsd: 1 }, classes: [{ name: 'g4' }, { name: 'p3' }], metric: 'log-loss' };
    const now = { budget: { microUsd: 2 }, classes: [{ name: 'g4' }, { name: 'v100' }], metric: 'log-loss' };
    assert.deepEqual(differences(was, now), ['budget.microUsd: was 1, now 2', 'classes.1.name: was "p3", now "v100"']);
  });

  it('says what is new and what is gone', () => {
    assert.deepEqual(differences({ a: 1 }, { b: { c: null } }), [
      'a: was 1, now absent',
      'b: was absent, now {"c":null}',
    ]);
    assert.deepEqual(differences([1], [1, 2]), ['1: was absent, now 2']);
  });

  it('ignores the order of keys and tells null from absent', () => {
    assert.deepEqual(differences({ a: 1, b: 2 }, { b: 2, a: 1 }), []);
    assert.deepEqual(differences({ a: null }, {}), ['a: was null, now absent']);
  });

  it('shortens long values', () => {
    const [line = ''] = differences({ note: 'x'.repeat(500) }, { note: 1 });
    assert.ok(line.length < 110, line);
  });

  it('finds keys that every object inherits', () => {
    assert.deepEqual(differences({}, { constructor: 2 }), ['constructor: was absent, now 2']);
    assert.deepEqual(differences({ toString: 1 }, {}), ['toString: was 1, now absent']);
  });

  it('are none between a value and itself, and some between values whose JSON differs', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(fc.property(json, (value) => differences(value, structuredClone(value)).length === 0));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), fc.dictionary(fc.string(), fc.integer()), (was, now) => {
        const keys = new Set([...Object.keys(was), ...Object.keys(now)]);
        const changed = [...keys].filter((key) => !Object.is(own(was, key), own(now, key)));
        assert.equal(differences(was, now).length, changed.length);
      }),
    );
  });
});

const own = (record: Record<string, number>, key: string): number | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
