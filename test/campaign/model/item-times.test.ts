import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { itemTimes, shorterItems } from '../../../src/campaign/model/item-times.ts';
import { type GrowthPoint, maxGrowthPoints } from '../../../src/campaign/model/run-outcome.ts';

const output = (growth: GrowthPoint[]) => ({ bytes: 0, full: false, growth });
/** Instants and shares, e.g. `[10, 0.5]`: half of the file after ten seconds. */
const points = (...pairs: [number, number][]): GrowthPoint[] => pairs.map(([seconds, share]) => ({ seconds, share }));
const times = (seconds: number, items: number, ...pairs: [number, number][]) =>
  itemTimes({ seconds, output: output(points(...pairs)), shorterRun: null }, items);
const notSeparated = (seconds: number, items: number) => ({ startUpSeconds: null, secondsPerItem: seconds / items });

describe('start-up and items', () => {
  it('are separated if rows are written one by one', () => {
    assert.deepEqual(times(100, 4, [70, 0.25], [80, 0.5], [90, 0.75], [100, 1]), {
      startUpSeconds: 60,
      secondsPerItem: 10,
    });
  });

  it('are separated if rows are written in bursts', () => {
    const bursts = times(130, 100, [40, 0.32], [70, 0.64], [100, 0.96], [104, 1]);
    assert.ok(Math.abs(bursts.secondsPerItem - 0.94) < 0.02, JSON.stringify(bursts));
    assert.ok(Math.abs((bursts.startUpSeconds ?? 0) - 36) < 2, 'what follows the last row counts with the start-up');
  });

  it('are separated despite an early header and a pause', () => {
    const withHeader = times(100, 10, [0.1, 0.05], [68, 0.2], [76, 0.4], [84, 0.6], [92, 0.8], [100, 1]);
    assert.ok(Math.abs(withHeader.secondsPerItem - 4) < 0.5, JSON.stringify(withHeader));
    const steady = Array.from({ length: 20 }, (_, n): [number, number] => [n + (n > 18 ? 50 : 0), (n + 1) / 20]);
    assert.ok(Math.abs(times(70, 20, ...steady).secondsPerItem - 1) < 0.1);
  });

  it('are not separated by no rows, all rows at once, too few rows or too small a part of the file', () => {
    assert.deepEqual(times(100, 20), notSeparated(100, 20));
    assert.deepEqual(times(100, 20, [99, 1]), notSeparated(100, 20));
    assert.deepEqual(times(100, 20, [50, 0.5], [99, 1]), notSeparated(100, 20));
    assert.deepEqual(times(100, 20, [10, 0.6], [50, 0.8], [99, 1]), notSeparated(100, 20));
  });

  it('are not separated by rows written quickly after the work', () => {
    assert.deepEqual(times(100, 20, [95, 0.2], [96, 0.4], [97, 0.6], [98, 0.8], [99, 1]), notSeparated(100, 20));
  });

  it('are not separated in a run of zero duration', () => {
    assert.deepEqual(times(0, 20, [0, 0.2], [0, 0.6], [0, 1]), notSeparated(0, 20));
  });

  it('never exceed the duration of the run', () => {
    assert.deepEqual(times(10, 5, [2, 0.1], [6, 0.2], [10, 0.9]), { startUpSeconds: 0, secondsPerItem: 2 });
  });

  it('are separated by a second run on fewer items, for any rows', () => {
    const apart = (seconds: number, shorter: number, growth: GrowthPoint[] = []) =>
      itemTimes({ seconds, output: output(growth), shorterRun: { items: 3, seconds: shorter } }, 12);
    assert.deepEqual(apart(168, 87), { startUpSeconds: 60, secondsPerItem: 9 });
    assert.deepEqual(apart(168, 87, points([60, 0.2], [61, 0.6], [166, 1])), { startUpSeconds: 60, secondsPerItem: 9 });
    const hidden = apart(60, 60.3);
    assert.equal(hidden.secondsPerItem, 1 / 9, 'a second that the jitter of a start could hide');
    assert.deepEqual(apart(20, 1), { startUpSeconds: 0, secondsPerItem: 20 / 12 }, 'slower with every item');
  });

  it('need a second run only if the rows do not separate them and the duration can', () => {
    const atEnd = output(points([99, 1]));
    assert.equal(shorterItems({ seconds: 100, output: atEnd }, 12), 3);
    assert.equal(shorterItems({ seconds: 100, output: atEnd }, 4), 1);
    assert.equal(shorterItems({ seconds: 100, output: atEnd }, 3), undefined);
    assert.equal(shorterItems({ seconds: 9.9, output: atEnd }, 12), undefined);
    assert.equal(shorterItems({ seconds: 601, output: atEnd }, 12), undefined);
    const steady = output(points([25, 0.25], [50, 0.5], [75, 0.75], [100, 1]));
    assert.equal(shorterItems({ seconds: 100, output: steady }, 12), undefined);
  });

  it('add up to the duration of the run, for any rows', () => {
    const growth = fc
      .uniqueArray(fc.double({ min: 0.001, max: 1, noNaN: true }), { maxLength: maxGrowthPoints })
      .chain((shares) => {
        const instants = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), {
          minLength: shares.length,
          maxLength: shares.length,
        });
        return instants.map((seconds) => {
          const rising = [...seconds].sort((a, b) => a - b);
          return shares.sort((a, b) => a - b).map((share, index) => ({ seconds: rising[index] ?? 0, share }));
        });
      });
    fc.assert(
      fc.property(
        growth,
        fc.double({ min: 0.001, max: 1e5, noNaN: true }),
        fc.integer({ min: 1, max: 9_999 }),
        (rows, seconds, items) => {
          const { startUpSeconds, secondsPerItem } = itemTimes(
            { seconds, output: output(rows), shorterRun: null },
            items,
          );
          assert.ok(secondsPerItem >= 0 && (startUpSeconds ?? 0) >= 0);
          assert.ok(Math.abs((startUpSeconds ?? 0) + items * secondsPerItem - seconds) <= 1e-9 * seconds);
        },
      ),
    );
  });

  it('are accurate to a tenth for every steady program, sampled five times a second', () => {
    const steady = fc.record({
      startUp: fc.double({ min: 0, max: 60, noNaN: true }),
      perItem: fc.double({ min: 0.5, max: 10, noNaN: true }),
      items: fc.integer({ min: 8, max: 60 }),
      lateness: fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 60, maxLength: 60 }),
    });
    fc.assert(
      fc.property(steady, ({ startUp, perItem, items, lateness }) => {
        const seconds = startUp + perItem * items;
        fc.pre(perItem * items > 0.3 * seconds);
        const growth = lateness.slice(0, items).map((late, n) => ({
          seconds: startUp + perItem * (n + 1) + late,
          share: (n + 1) / items,
        }));
        const found = itemTimes({ seconds, output: output(growth), shorterRun: null }, items);
        assert.ok(Math.abs(found.secondsPerItem / perItem - 1) < 0.1, JSON.stringify(found));
      }),
    );
  });
});
