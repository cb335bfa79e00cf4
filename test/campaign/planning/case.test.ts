import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costMicroUsd, dollars } from '../../../src/campaign/model/money.ts';
import type { PlanFix } from '../../../src/campaign/planning/plan-fixes.ts';
import { futuresOf } from '../../../src/campaign/planning/futures.ts';
import { mixPlanOf, type MixPlan, type PlanInput } from '../../../src/campaign/planning/mix-plan.ts';
import { mixesOf } from '../../../src/campaign/planning/mixes.ts';
import { planOf } from '../../../src/campaign/planning/plan.ts';
import { assumedSpotShare } from '../../../src/campaign/planning/assumptions.ts';
import type { WhatIf } from '../../../src/campaign/planning/what-if.ts';
import { planRequest } from '../../../src/client/plan/plan-request.ts';
import { checkCampaign } from '../../../src/intake/check-campaign.ts';
import { c4, g4, p3 } from '../samples.ts';
import { campaignOf, report, settlement } from '../state/state-samples.ts';
import { writeCaseFolder } from './case-folder.ts';

describe('the bill of the original competition', () => {
  it('is booked as $19,578.00: 25,000 h on G4, 5,000 h on C4 and 800 h on P3', () => {
    const state = campaignOf([30_800], { budget: { microUsd: 50_000_000_000, rerunReserveShare: 0 } });
    const parts = [
      [g4, 25_000],
      [c4, 5_000],
      [p3, 800],
    ] as const;
    for (const [on, hours] of parts) {
      for (let hour = 0; hour < hours; hour += 1) {
        const submission = `${on.name}-${hour}`;
        const cost = costMicroUsd(3_600, on.microUsdPerHour);
        state.start(submission, 0, 1);
        state.settle(settlement(1, cost, { submission, class: on.name, billedSeconds: 3_600 }));
        state.finish(report(cost, { submission }));
      }
    }
    assert.equal(dollars(state.money.spent), '$19,578.00');
    assert.deepEqual({ ...state.money.byClass }, { [g4.name]: 13_150e6, [c4.name]: 3_980e6, [p3.name]: 2_448e6 });
    assert.equal(state.counts.finished, 30_800);
  });
});

/** The plan from the competition's campaign file, before the first run. */
describe('the plan of the original competition', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'case-'));
  const file = writeCaseFolder(folder);
  after(() => rmSync(folder, { recursive: true }));

  async function requestFor(whatIf: WhatIf): Promise<Omit<PlanInput, 'futures'>> {
    const now = new Date('2020-04-01T00:00:00Z');
    return (await planRequest(await checkCampaign(file, now), { whatIf, margin: 0.5, now })).question;
  }
  /** Plans only the first mix, without the other mixes and the fixes. */
  async function firstMix(whatIf: WhatIf): Promise<MixPlan> {
    const question = { ...(await requestFor(whatIf)), futures: futuresOf(11) };
    const [mix] = mixesOf(question.planned.rules, question.knowledge);
    assert.ok(mix);
    return mixPlanOf(question, mix);
  }
  const planOn = (name: string, slots: number): Promise<MixPlan> =>
    firstMix({ only: [name], slots: new Map([[name, slots]]) });

  it('on P3 alone is 42,000 h and $128,520, about $30 each, on 84 machines, or 125 with half as many again', async () => {
    const { hours, costMicroUsd, machines, seconds, fails } = await planOn('p3.2xlarge', 84);
    assert.equal(Math.round(hours.p50), 42_000);
    assert.equal(dollars(costMicroUsd.p50), '$128,520.00');
    assert.equal(dollars(costMicroUsd.p50 / 4_200), '$30.60');
    assert.deepEqual(machines, { enough: 84, withMargin: 125 });
    assert.ok(seconds.p50 <= 21 * 86_400, `${seconds.p50 / 86_400} days`);
    assert.equal(fails.first, 'budget', '$50,000 are not sufficient');
  });

  it('on G4 alone is 90,000 h and $47,340, less than $12 each', async () => {
    const { hours, hoursOn, costMicroUsd } = await planOn('g4dn.xlarge', 179);
    assert.equal(Math.round(hours.p50), 90_000);
    assert.equal(Math.round(hoursOn['g4dn.xlarge'] ?? 0), 90_000);
    assert.equal(Math.round(costMicroUsd.p50 / 1e6), 47_340);
    assert.equal(dollars(costMicroUsd.p50 / 4_200), '$11.27');
  });

  it('covers the actual outcome, although the expectation was 2.5 times too high', async () => {
    const { costMicroUsd } = await planOn('g4dn.xlarge', 125);
    assert.ok(costMicroUsd.p10 < 19_578e6, dollars(costMicroUsd.p10));
  });

  it('names the missed limit and sufficient fixes', async () => {
    const plan = planOf(await requestFor({}));
    assert.equal(plan.mixes[0]?.fails.first, 'deadline');
    const [asSpot, onDemand] = ['purchase: spot', 'slots: '].map((first) =>
      plan.mendings.find(({ words }) => words[0]?.startsWith(first)),
    );
    assert.ok(asSpot && onDemand, JSON.stringify(plan.mendings));
    assert.equal(asSpot, plan.mendings[0], 'Spot is the cheapest');
    await assertSufficient(asSpot, { spotShare: assumedSpotShare });
    await assertSufficient(onDemand, {});
  });

  /** Checks that the plan meets its limits with the slots and the budget of a fix. */
  async function assertSufficient(fix: PlanFix, whatIf: WhatIf): Promise<void> {
    const words = fix.words.join(', ');
    const [, slots = ''] = /slots: (\d+) for g4dn\.xlarge in the file/.exec(words) ?? [];
    const [, usd = 50_000] = /budget: \{ usd: (\d+) \} in the file/.exec(words) ?? [];
    assert.ok(Number(slots) > 85, words);
    const all = await firstMix({ slots: new Map([['g4dn.xlarge', Number(slots)]]), ...whatIf });
    assert.ok(all.seconds.p90 <= 21 * 86_400, words);
    assert.ok(all.budgetMicroUsd.p90 <= Number(usd) * 1e6, words);
  }
});
