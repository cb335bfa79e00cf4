import assert from 'node:assert/strict';
import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { knowledgeOf } from '../../../src/campaign/planning/knowledge.ts';
import { planOf, type CampaignPlan } from '../../../src/campaign/planning/plan.ts';
import type { RunRules } from '../../../src/campaign/simulation/simulated-run-result.ts';
import { caseCampaign, g4, limits, p3 } from '../samples.ts';

const teams = Array.from({ length: 30 }, (_, team) => [`s${team}`]);

interface Limits {
  usd: number;
  hours: number;
  runtimeSeconds?: number;
  classes?: InstanceClass[];
  outOfGpuMemoryShare?: number;
  rules?: Partial<RunRules>;
}

/** Thirty submissions of four hours on G4, with 2 slots on G4 and 1 on P3. */
function planWith({
  usd,
  hours,
  runtimeSeconds = 4 * 3600,
  classes = [],
  outOfGpuMemoryShare,
  rules,
}: Limits): CampaignPlan {
  const rows =
    classes.length > 0
      ? classes
      : [
          { ...g4, slots: 2 },
          { ...p3, slots: 1 },
        ];
  const failures = outOfGpuMemoryShare === undefined ? {} : { outOfGpuMemoryShare };
  return planOf({
    planned: {
      rules: { ...caseCampaign(), instanceClasses: rows, ...rules },
      teams,
      perTeam: 2,
      delays: { pull: 0, handOver: 0 },
      startUpSeconds: 0,
    },
    knowledge: knowledgeOf({ runtimeSeconds, on: g4.name, ...failures }, limits, [g4, p3]),
    budget: { microUsd: usd * 1e6, rerunReserveShare: 0.1 },
    deadlineSeconds: hours * 3600,
    margin: 0,
  });
}
const words = (plan: CampaignPlan): string[] => plan.mendings.map((fix) => fix.words.join(' and '));

describe('the fixes of a plan', () => {
  it('are none if the plan meets budget and deadline', () => {
    const plan = planWith({ usd: 1_000, hours: 1_000 });
    assert.deepEqual([plan.mendings, plan.mixes[0]?.fails.first], [[], null]);
  });

  it('are more slots or a later deadline, within the budget, if only time is short', () => {
    const plan = planWith({ usd: 1_000, hours: 48 });
    assert.equal(plan.mixes[0]?.fails.first, 'deadline');
    assert.match(words(plan)[0] ?? '', /^slots: \d+ for g4dn\.xlarge in the file$/);
    assert.ok(words(plan).some((line) => /^deadline: \d+h in the file$/.test(line)));
    assert.ok(plan.mendings.slice(0, 2).every(({ beyondBudgetMicroUsd }) => beyondBudgetMicroUsd === 0));
  });

  it('are sufficient: with those slots the plan meets its limits', () => {
    const [line] = words(planWith({ usd: 1_000, hours: 48 }));
    const slots = Number(/^slots: (\d+) for/.exec(line ?? '')?.[1]);
    const plan = planWith({
      usd: 1_000,
      hours: 48,
      classes: [
        { ...g4, slots },
        { ...p3, slots: 1 },
      ],
    });
    assert.deepEqual(plan.mendings, []);
  });

  it('are a larger budget, as much as needed, if only money is short', () => {
    const plan = planWith({ usd: 60, hours: 10_000 });
    assert.equal(plan.mixes[0]?.fails.first, 'budget');
    const [usd = 0] = words(plan).flatMap((line) => {
      const [, written] = /^budget: \{ usd: (\d+) \} in the file$/.exec(line) ?? [];
      return written === undefined ? [] : [Number(written)];
    });
    assert.ok(usd > 60);
    assert.deepEqual(planWith({ usd, hours: 10_000 }).mendings, []);
  });

  describe('with Spot', () => {
    const onDemand = [
      { ...g4, slots: 2 },
      { ...p3, slots: 1 },
    ];
    const asSpot = (row: InstanceClass): InstanceClass => ({
      ...row,
      purchase: 'spot',
      microUsdPerHour: row.microUsdPerHour * 0.56,
    });
    const spotWords = 'purchase: spot in the file, with usdPerHour: 0.29456 for g4dn.xlarge';

    it('come first if Spot makes the budget sufficient, and are sufficient', () => {
      const plan = planWith({ usd: 150, hours: 10_000, classes: onDemand });
      const [first, ...others] = plan.mendings;
      assert.deepEqual(first?.words, [`${spotWords}, 1.7136 for p3.2xlarge`]);
      assert.equal(first.beyondBudgetMicroUsd, 0);
      assert.ok(others.some(({ words: [word = ''] }) => word.startsWith('budget: ')));
      assert.deepEqual(planWith({ usd: 150, hours: 10_000, classes: onDemand.map(asSpot) }).mendings, []);
      assert.match(
        plan.unknowns.join('\n'),
        /Spot is assumed to cost 56 % of the on-demand price.*\n.*reclaimed at 0\.5 %/,
      );
    });

    it('exist if runs wait for money, although Spot is not faster', () => {
      const ten = { usd: 45, hours: 5, runtimeSeconds: 1_800, classes: [{ ...g4, slots: 10 }] };
      assert.equal(words(planWith(ten))[0], spotWords);
      assert.deepEqual(planWith({ ...ten, classes: ten.classes.map(asSpot) }).mendings, []);
    });

    it('do not exist if only time is short or the classes are Spot already or cost nothing', () => {
      const plans = [
        planWith({ usd: 1_000, hours: 48, classes: onDemand }),
        planWith({ usd: 60, hours: 10_000, classes: onDemand.map(asSpot) }),
        planWith({
          usd: 5,
          hours: 10_000,
          classes: [{ ...g4, microUsdPerHour: 0, slots: 2 }, ...onDemand.slice(1).map(asSpot)],
        }),
      ];
      for (const plan of plans) {
        assert.ok(plan.mendings.length > 0, 'something is short');
        assert.doesNotMatch([...words(plan), ...plan.unknowns].join(), /purchase|Spot is assumed/);
      }
    });

    it('do not exist if too many submissions would lose their score to reclaims', () => {
      const rules = { limits: { ...limits, platformRuns: 0 } };
      const plan = planWith({ usd: 150, hours: 10_000, classes: onDemand, rules });
      assert.ok(plan.mendings.length > 0);
      assert.doesNotMatch(words(plan).join(), /purchase/);
    });
  });

  it('suggest the cheap class alone only if the share that fits is known', () => {
    const none = planWith({ usd: 200, hours: 10_000, outOfGpuMemoryShare: 0, classes: [{ ...p3, slots: 1 }] });
    assert.ok(
      words(none).every((line) => !line.includes('only ')),
      'there is no other class',
    );
    const unknown = planWith({ usd: 60, hours: 10_000 });
    assert.ok(words(unknown).every((line) => !line.includes(`only ${g4.name} in the file`)));
    const plan = planWith({ usd: 60, hours: 10_000, outOfGpuMemoryShare: 0 });
    assert.ok(
      words(plan).some((line) => line.includes(`only ${g4.name} in the file`)),
      words(plan).join('; '),
    );
  });

  it('never suggest a mix that scores fewer submissions', () => {
    const plan = planWith({ usd: 60, hours: 10_000, outOfGpuMemoryShare: 0.3 });
    assert.ok(plan.mendings.length > 0 && words(plan).every((line) => !line.includes(`only ${g4.name} in the file`)));
  });

  it('are more slots of all classes if no single class suffices', () => {
    const plan = planWith({ usd: 10_000, hours: 40, outOfGpuMemoryShare: 0.6 });
    const [line = ''] = words(plan);
    const found = /^slots: (\d+) for .* and slots: (\d+) for .* in the file$/.exec(line);
    assert.ok(found, words(plan).join('; '));
  });

  it('are more money if runs only wait for reserved money', () => {
    const classes = [{ ...g4, slots: 10 }];
    const short = { usd: 45, hours: 5, runtimeSeconds: 1800, outOfGpuMemoryShare: 0, classes };
    const plan = planWith(short);
    assert.equal(plan.mixes[0]?.fails.first, 'deadline');
    const [later, money] = plan.mendings.filter(({ spot }) => !spot);
    assert.match(later?.words.join() ?? '', /^deadline: \d+h in the file$/);
    const usd = Number(/^budget: \{ usd: (\d+) \} in the file$/.exec(money?.words.join() ?? '')?.[1]);
    assert.equal(money?.beyondBudgetMicroUsd, (usd - 45) * 1e6);
    assert.deepEqual(planWith({ ...short, usd }).mendings, []);
    assert.ok(
      words(plan).every((line) => !line.startsWith('slots')),
      words(plan).join('; '),
    );
  });
});
