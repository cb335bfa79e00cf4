import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { maxGrowthPoints } from '../../../src/campaign/model/run-outcome.ts';
import { GrowthRecord } from '../../../src/runner/measure/growth-record.ts';

const pointsOf = (...looks: [number, number][]): [number, number][] => {
  const record = new GrowthRecord();
  for (const [seconds, bytes] of looks) record.note(seconds, bytes);
  return record.points().map(({ seconds, share }) => [seconds, share]);
};

describe('the growth of a file', () => {
  it('is the instants at which the file had grown, as shares of the final size', () => {
    assert.deepEqual(pointsOf([1, 0], [2, 20], [3, 20], [4, 50], [5, 100], [6, 100]), [
      [2, 0.2],
      [4, 0.5],
      [5, 1],
    ]);
  });

  it('is empty for a file that is missing, or is empty in the end', () => {
    assert.deepEqual(pointsOf(), []);
    assert.deepEqual(pointsOf([1, 0], [2, 0]), []);
    assert.deepEqual(pointsOf([1, 50], [2, 100], [3, 0]), []);
  });

  it('forgets truncated bytes, and counts those that replace them', () => {
    assert.deepEqual(pointsOf([1, 40], [2, 400], [3, 60], [4, 60], [5, 80]), [
      [1, 0.5],
      [5, 1],
    ]);
  });

  it('keeps evenly spaced instants of a long run, with the first and the last', () => {
    const looks = Array.from({ length: 5_000 }, (_, n): [number, number] => [n / 5, n + 1]);
    const points = pointsOf(...looks);
    assert.ok(points.length > maxGrowthPoints / 4 && points.length <= maxGrowthPoints, String(points.length));
    assert.deepEqual(
      [points[0], points.at(-1)],
      [
        [0, 1 / 5_000],
        [999.8, 1],
      ],
    );
    const gaps = points.slice(1).map(([seconds], n) => seconds - (points[n]?.[0] ?? 0));
    assert.ok(Math.max(...gaps) < 100, `no gap of ${Math.max(...gaps)} s in 1,000 s`);
    for (const [seconds, share] of points) assert.ok(Math.abs(seconds * 5 + 1 - share * 5_000) < 1, 'a real instant');
  });

  it('is bounded and increases in both values, whatever the owner of the file does', () => {
    const sizes = fc.array(fc.oneof(fc.nat(50), fc.nat(2 ** 50)), { maxLength: 2_000 });
    fc.assert(
      fc.property(sizes, (looks) => {
        const points = pointsOf(...looks.map((bytes, n): [number, number] => [n / 5, bytes]));
        assert.ok(points.length <= maxGrowthPoints);
        for (const [n, [seconds, share]] of points.entries()) {
          const [before, less] = points[n - 1] ?? [-1, 0];
          assert.ok(seconds > before && share > less && share <= 1);
        }
      }),
    );
  });
});
