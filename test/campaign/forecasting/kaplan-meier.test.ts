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
const draws = (durations: KaplanMeier, age = 0) => {
  const random = new RandomStream(1);
  return Array.from({ length: 2_000 }, () => durations.draw(random, age));
};
const shareOf = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number =>
  items.filter(holds).length / items.length;

describe('a Kaplan-Meier estimate of durations', () => {
  it('is not biased by short runs ending first', () => {
    const long = Array.from({ length: 50 }, () => 100);
    const durations = new KaplanMeier([ended(10, 50)], long);
    assert.ok(Math.abs(shareOf(draws(durations), ({ seconds }) => seconds <= 10) - 0.5) < 0.05);
    assert.ok(shareOf(draws(durations), ({ seconds }) => seconds > 100) > 0.4);
  });

  it('draws durations above the age of a running run', () => {
    const durations = new KaplanMeier([ended(10, 50), ended(20, 50)], []);
    assert.ok(draws(durations, 15).every(({ seconds }) => seconds > 15));
    assert.ok(draws(durations, 1_000).every(({ seconds }) => seconds > 1_000));
  });

  it('counts lost runs as at risk until they were lost, not as ended', () => {
    const durations = new KaplanMeier([ended(10, 10, { lostBefore: 90 }), ended(20, 10)], []);
    const lossless = new KaplanMeier([ended(10, 10), ended(20, 10)], []);
    const late = new KaplanMeier([ended(10, 10), ended(20, 10, { lostBefore: 90 })], []);
    assert.ok(Math.abs(durations.mean - lossless.mean) < 1e-9, 'lost before the first group');
    assert.ok(late.mean > lossless.mean, 'lost between two groups: fewer had ended by then');
  });

  it('gives the tail no larger share of followed runs than the longest group has', () => {
    const ages = Array.from({ length: 100 }, () => 50);
    const durations = new KaplanMeier([ended(10, 20, { followed: 20 }), ended(100, 4)], ages);
    const later = draws(durations, 200);
    assert.ok(later.every(({ followed }) => !followed));
    assert.ok(shareOf(draws(durations), ({ followed }) => followed) < 0.3, 'of all 124 it was 20');
  });
});
