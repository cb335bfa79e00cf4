import assert from 'node:assert/strict';
import { KaplanMeier, type DurationGroup } from '../../../src/campaign/forecasting/kaplan-meier.ts';
import { RandomStream } from '../../../src/campaign/random/random-stream.ts';

const ended = (seconds: number, count: number, change: Partial<DurationGroup> = {}): DurationGroup => ({
  seconds,
  ended: count,
  followed: 0,
  lostBefore: 0,
  ...change,
});
const draws = (table: KaplanMeier, age = 0) => {
  const random = new RandomStream(1);
  return Array.from({ length: 2_000 }, () => table.draw(random, age));
};
const shareOf = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number =>
  items.filter(holds).length / items.length;

describe('durations learnt from what has ended', () => {
  it('are not taken for short because short runs end first', () => {
    const long = Array.from({ length: 50 }, () => 100);
    const table = new KaplanMeier([ended(10, 50)], long);
    assert.ok(Math.abs(shareOf(draws(table), ({ seconds }) => seconds <= 10) - 0.5) < 0.05);
    assert.ok(shareOf(draws(table), ({ seconds }) => seconds > 100) > 0.4);
  });

  it('of a run that goes on are longer than its age', () => {
    const table = new KaplanMeier([ended(10, 50), ended(20, 50)], []);
    assert.ok(draws(table, 15).every(({ seconds }) => seconds > 15));
    assert.ok(draws(table, 1_000).every(({ seconds }) => seconds > 1_000));
  });

  it('count what the platform lost as at risk until then, and not as an end', () => {
    const table = new KaplanMeier([ended(10, 10, { lostBefore: 90 }), ended(20, 10)], []);
    const lossless = new KaplanMeier([ended(10, 10), ended(20, 10)], []);
    const late = new KaplanMeier([ended(10, 10), ended(20, 10, { lostBefore: 90 })], []);
    assert.ok(Math.abs(table.mean - lossless.mean) < 1e-9, 'lost before any end');
    assert.ok(late.mean > lossless.mean, 'lost between them: fewer had ended by then');
  });

  it('let what takes longer than all that ended be followed no more often than the longest of these', () => {
    const ages = Array.from({ length: 100 }, () => 50);
    const table = new KaplanMeier([ended(10, 20, { followed: 20 }), ended(100, 4)], ages);
    const later = draws(table, 200);
    assert.ok(later.every(({ followed }) => !followed));
    assert.ok(shareOf(draws(table), ({ followed }) => followed) < 0.3, 'of all 124 it was 20');
  });
});
