import assert from 'node:assert/strict';
import type { MixPlan } from '../../src/campaign/planning/mix-plan.ts';
import type { CampaignPlan } from '../../src/campaign/planning/plan.ts';
import { planPicture } from '../../src/report/plan-picture.ts';
import { ticksTo } from '../../src/report/svg.ts';

const day = 86_400;
const of = (p10: number, p50: number, p90: number) => ({ p10, p50, p90 });
const mix = (name: string, change: Partial<MixPlan> = {}): MixPlan => ({
  mix: name,
  slots: { g4: 10 },
  hours: of(1, 2, 3),
  hoursOn: { g4: 2 },
  costMicroUsd: of(20_000e6, 30_000e6, 40_000e6),
  budgetMicroUsd: of(22_000e6, 33_000e6, 44_000e6),
  neverWaitingMicroUsd: of(23_000e6, 34_000e6, 45_000e6),
  seconds: of(10 * day, 15 * day, 20 * day),
  scored: of(1, 1, 1),
  machines: { enough: 1, withMargin: 1 },
  fails: { budget: 0, deadline: 0, first: null },
  ...change,
});
const plan = (mixes: MixPlan[], change: Partial<CampaignPlan> = {}): CampaignPlan => ({
  submissions: 10,
  teams: 5,
  basis: 'expectation',
  mixes,
  mendings: [],
  unknowns: [],
  ...change,
});
const frame = { campaign: 'case', budgetMicroUsd: 50_000e6, rerunReserveShare: 0.1, deadlineSeconds: 21 * day };

/** Where the dot of each mix is. */
const dotsOf = (picture: string): { x: number; y: number }[] =>
  [...picture.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="7"/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));

describe('the picture of a plan', () => {
  it('has a dot for every mix: what is done later to the right, what is dearer above', () => {
    const dear = mix('dear', {
      costMicroUsd: of(40_000e6, 60_000e6, 80_000e6),
      seconds: of(5 * day, 6 * day, 7 * day),
    });
    const [cheap, other] = dotsOf(planPicture(plan([mix('cheap'), dear]), frame));
    assert.ok(cheap && other && cheap.x > other.x && cheap.y > other.y);
  });

  it('names every mix with its numbers, and the limits', () => {
    const picture = planPicture(plan([mix('all, as Holdout decides')]), frame);
    for (const words of ['all, as Holdout decides', '$30,000 ($20,000 to $40,000)', '15.0 d (10.0 to 20.0)'])
      assert.ok(picture.includes(words), words);
    for (const words of ['>deadline<', '>budget $50,000<', 'days after the start'])
      assert.ok(picture.includes(words), words);
  });

  it('says so where a limit lies far outside, and does not squeeze the mixes for it', () => {
    const near = dotsOf(planPicture(plan([mix('one')]), frame));
    const picture = planPicture(plan([mix('one')]), { ...frame, budgetMicroUsd: 1e15, deadlineSeconds: 900 * day });
    assert.ok(picture.includes('budget $1,000,000,000 far above') && picture.includes('deadline far to the right'));
    assert.ok(dotsOf(picture).every(({ x, y }, at) => x >= (near[at]?.x ?? 0) && y <= (near[at]?.y ?? 0)));
  });

  it('says of a mix that cannot carry all how many it scores', () => {
    assert.ok(planPicture(plan([mix('small', { scored: of(0.8, 0.83, 0.9) })]), frame).includes('small (83 % scored)'));
  });

  it('calls a bound a bound', () => {
    const picture = planPicture(plan([mix('one')], { basis: 'upper-bound' }), frame);
    assert.ok(picture.includes('Upper bounds') && picture.includes('at most $30,000.00'));
  });

  it('lets no name break out of the picture', () => {
    const picture = planPicture(plan([mix('<script>&"')]), frame);
    assert.ok(!picture.includes('<script>') && picture.includes('&lt;script&gt;&amp;&quot;'));
  });

  it('is drawn for a campaign that costs nothing', () => {
    const picture = planPicture(plan([mix('free', { costMicroUsd: of(0, 0, 0) })]), frame);
    assert.ok(!picture.includes('NaN') && !picture.includes('Infinity'));
  });
});

describe('ticks', () => {
  it('are round and reach the most', () => {
    assert.deepEqual(ticksTo(130, 6), [0, 25, 50, 75, 100, 125, 150]);
    assert.deepEqual(ticksTo(1, 4), [0, 0.25, 0.5, 0.75, 1]);
  });
});
