import assert from 'node:assert/strict';
import type { MixPlan } from '../../src/campaign/planning/mix-plan.ts';
import type { CampaignPlan } from '../../src/campaign/planning/plan.ts';
import { planPicture } from '../../src/plan-picture/plan-picture.ts';
import { ticksTo } from '../../src/plan-picture/svg.ts';

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

type Place = { x: number; y: number };

/** The position of each mix's dot. */
const dotsOf = (picture: string): Place[] =>
  [...picture.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="7"/g)]
    .map(([, x, y]) => ({ x: Number(x), y: Number(y) }))
    .reverse();

/** Position and anchor of the text that begins like this. */
const placeOf = (picture: string, words: string): Place & { anchor: string } => {
  const found = new RegExp(`<text x="([\\d.-]+)" y="([\\d.-]+)"([^>]*)>${words}`).exec(picture);
  assert.ok(found, words);
  const [, x, y, rest = ''] = found;
  return { x: Number(x), y: Number(y), anchor: /text-anchor="(\w+)"/.exec(rest)?.[1] ?? 'start' };
};
const greenOf = (picture: string): { right: number; top: number } => {
  const [, x, y, width] = /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*fill="#e9f6ec"/.exec(picture) ?? [];
  return { right: Number(x) + Number(width), top: Number(y) };
};

describe('the picture of a plan', () => {
  it('has a dot for every mix: later ones to the right, those with a larger budget above', () => {
    const expensive = mix('expensive', {
      budgetMicroUsd: of(44_000e6, 66_000e6, 88_000e6),
      seconds: of(5 * day, 6 * day, 7 * day),
    });
    const [cheap, other] = dotsOf(planPicture(plan([mix('cheap'), expensive]), frame));
    assert.ok(cheap && other && cheap.x > other.x && cheap.y > other.y);
  });

  it('has a dot in the green area exactly if a mix is within budget and deadline, including reserve and worst case', () => {
    const cheapRuns = { costMicroUsd: of(1e6, 1e6, 1e6) };
    const cases: [isGreen: boolean, change: Partial<MixPlan>][] = [
      [true, { ...cheapRuns, budgetMicroUsd: of(49_999e6, 49_999e6, 49_999e6) }],
      [false, { ...cheapRuns, budgetMicroUsd: of(51_000e6, 51_000e6, 51_000e6) }],
      [false, { ...cheapRuns, seconds: of(22 * day, 22 * day, 22 * day) }],
    ];
    for (const [isGreen, change] of cases) {
      const picture = planPicture(plan([mix('one', change)]), frame);
      const [dot] = dotsOf(picture);
      const { right, top } = greenOf(picture);
      assert.ok(dot);
      assert.equal(dot.x <= right && dot.y >= top, isGreen);
      assert.ok(picture.includes('>budget needed<') && picture.includes('10 % kept for reruns'));
    }
  });

  it('names every mix with its numbers, and the limits', () => {
    const picture = planPicture(plan([mix('all, as Holdout decides')]), frame);
    for (const words of [
      'all, as Holdout decides',
      'budget $33,000 ($22,000 to $44,000)',
      'cost $30,000 ($20,000 to $40,000)',
      'time 15.0 d (10.0 to 20.0)',
    ])
      assert.ok(picture.includes(words), words);
    for (const words of ['>deadline<', '>budget $50,000<', 'days after the start'])
      assert.ok(picture.includes(words), words);
  });

  it('draws the mix that a start would use on top, and names what it covers', () => {
    const picture = planPicture(plan([mix('all, as Holdout decides'), mix('one'), mix('other')]), frame);
    const drawn = [...picture.matchAll(/r="7" fill="(#\w+)"/g)].map(([, colour]) => colour);
    const named = [...picture.matchAll(/r="6" fill="(#\w+)"/g)].map(([, colour]) => colour);
    assert.deepEqual(drawn, named.toReversed());
    assert.ok(picture.includes('>1, 2, 3<'));
  });

  it('distinguishes more mixes than there are colours', () => {
    const mixes = Array.from({ length: 9 }, (_, at) =>
      mix(`m${at}`, { seconds: of(at * day, 2 * at * day, 20 * day) }),
    );
    const picture = planPicture(plan(mixes), frame);
    for (const [at] of mixes.entries()) {
      assert.equal(picture.split(`>${at + 1}</text>`).length - 1 >= 2, true, `${at + 1} at its dot and in the legend`);
    }
  });

  it('shortens a long name in its middle, where class names are similar', () => {
    const [long, longer] = ['2', '8'].map((size) => `production-${'g'.repeat(50)}-p3.${size}xlarge alone`);
    const picture = planPicture(plan([mix(long ?? ''), mix(longer ?? '')]), { ...frame, campaign: 'c'.repeat(40) });
    const words = [...picture.matchAll(/font-weight="bold"[^>]*>([^<]+…[^<]+)</g)].map(([, name = '']) => name);
    assert.deepEqual(
      words.map((name) => name.length <= 75),
      [true, true, true],
    );
    assert.ok(words[1]?.endsWith('p3.2xlarge alone') && words[2]?.endsWith('p3.8xlarge alone'));
  });

  it('says so if a limit is far outside, and does not squeeze the mixes for it', () => {
    const near = dotsOf(planPicture(plan([mix('one')]), frame));
    const picture = planPicture(plan([mix('one')]), { ...frame, budgetMicroUsd: 1e15, deadlineSeconds: 900 * day });
    assert.ok(picture.includes('budget $1,000 M far above') && picture.includes('deadline far to the right'));
    assert.ok(dotsOf(picture).every(({ x, y }, at) => x >= (near[at]?.x ?? 0) && y <= (near[at]?.y ?? 0)));
  });

  it('keeps the label of the budget away from the deadline', () => {
    for (const budgetMicroUsd of [1e6, 50_000e6, 1e15]) {
      for (const deadlineSeconds of [1, 5 * day, 18 * day, 21 * day, 900 * day]) {
        const picture = planPicture(plan([mix('one')]), { ...frame, budgetMicroUsd, deadlineSeconds });
        const budget = placeOf(picture, 'budget \\$');
        const deadline = placeOf(picture, 'deadline');
        const isLeft = budget.anchor === 'start';
        const words = `${budgetMicroUsd} ${deadlineSeconds} ${JSON.stringify({ budget, deadline })}`;
        assert.ok(Math.abs(budget.x - deadline.x) > 150 && isLeft === budget.x < deadline.x, words);
        assert.equal(deadline.anchor, isLeft ? 'end' : 'start', words);
      }
    }
  });

  it('abbreviates millions so they are not cut off', () => {
    const much = { budgetMicroUsd: of(2.5e15, 2.5e15, 2.5e15), costMicroUsd: of(4e14, 4e14, 4e14) };
    const picture = planPicture(plan([mix('one', much)]), frame);
    assert.ok(picture.includes('>$500 M<') && picture.includes('cost $400 M'));
  });

  it('names the share that a mix scores if it cannot run all', () => {
    for (const [scored, words] of [
      [0.83, 'small (83 % scored)'],
      [2 / 3, 'small (67 % scored)'],
      [0.996, 'small<'],
    ] as const) {
      const picture = planPicture(plan([mix('small', { scored: of(scored, scored, scored) })]), frame);
      assert.ok(picture.includes(words), words);
    }
  });

  it('labels a bound as a bound', () => {
    const picture = planPicture(plan([mix('one')], { basis: 'upper-bound' }), frame);
    assert.ok(picture.includes('Upper bounds') && picture.includes('cost at most $30,000'));
  });

  it('lets no name break out of the picture', () => {
    const picture = planPicture(plan([mix('<script>&"')]), frame);
    assert.ok(!picture.includes('<script>') && picture.includes('&lt;script&gt;&amp;&quot;'));
  });

  it('is drawn even if all of the budget is kept for reruns, so that no budget is enough', () => {
    const none = mix('none', { budgetMicroUsd: of(Number.NaN, Infinity, Infinity) });
    const picture = planPicture(plan([none]), { ...frame, rerunReserveShare: 1 });
    assert.ok(!picture.includes('NaN') && !picture.includes('Infinity') && picture.includes('no budget is enough'));
    const [dot] = dotsOf(picture);
    assert.ok(dot && dot.y < greenOf(picture).top);
  });

  it('is drawn for a campaign that costs nothing', () => {
    const picture = planPicture(plan([mix('free', { costMicroUsd: of(0, 0, 0), budgetMicroUsd: of(0, 0, 0) })]), frame);
    assert.ok(!picture.includes('NaN') && !picture.includes('Infinity'));
  });
});

describe('ticks', () => {
  it('are round and reach the maximum', () => {
    assert.deepEqual(ticksTo(130, 6), [0, 25, 50, 75, 100, 125, 150]);
    assert.deepEqual(ticksTo(1, 4), [0, 0.25, 0.5, 0.75, 1]);
  });
});
