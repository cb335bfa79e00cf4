import * as fc from 'fast-check';
import { optionOn } from '../../../src/campaign/evaluation/class-choice.ts';
import type { ClassRules } from '../../../src/campaign/evaluation/class-fit.ts';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import { caseCampaign, g4, limits as caseLimits } from '../samples.ts';
import type { Plan } from './child.ts';
import { share } from './events.ts';

/** The initial conditions of a world. */
export interface SetUp {
  frozen: FrozenCampaign;
  plans: Plan[];
  weights: number[];
  /** Limits on open submissions, in total and per team. */
  open: number;
  perTeam: number;
}

export const teams = ['constructor', '7', 'b', 'toString'];
const submissions = ['a', 'valueOf', '12', 'constructor', 'b', '3', 'hasOwnProperty', 'c', '__proto__', 'd', 'e', 'f'];
const classNames = ['g4', 'p3', 'valueOf'];
const limits = { ...caseLimits, wallClockSeconds: 3_600, wallClockOn: 'g4' };

/** The worst case of a run is two hours at its class's price: its limit and an hour of grace. */
const rulesAt = (prices: readonly number[]): ClassRules => ({
  limits,
  classes: classNames.map((name, place) => ({
    ...g4,
    name,
    microUsdPerHour: prices[place] ?? 1,
    slots: 1 + (place % 2),
  })),
});

const run = fc.record({
  purpose: fc.constantFrom('probe', 'evaluation', 'evaluation'),
  on: fc.shuffledSubarray(classNames, { minLength: 1 }),
  seconds: fc.array(fc.integer({ min: 1, max: 3_600 }), { minLength: 3, maxLength: 3 }),
  share,
  reason: fc.constantFrom(undefined, 'spot-reclaimed', 'gpu-out-of-memory'),
  needMeasured: fc.boolean(),
});
const plan = fc.record({
  team: fc.nat(teams.length - 1),
  runs: fc.array(run, { maxLength: 4 }),
  silent: fc.boolean(),
});

export const setUps: fc.Arbitrary<SetUp> = fc
  .record({
    prices: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 3, maxLength: 3 }),
    plans: fc.array(plan, { maxLength: submissions.length }),
    weights: fc.array(fc.constantFrom(1, 1, 0.5, 3), { minLength: teams.length, maxLength: teams.length }),
    budget: fc.nat(2_000),
    reserve: fc.constantFrom(0, 0, 0.1, 0.5),
    open: fc.constantFrom(3, 100),
    perTeam: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ prices, plans, weights, budget, reserve, open, perTeam }) => {
    const rules = rulesAt(prices);
    return {
      frozen: caseCampaign({
        budget: { microUsd: budget, rerunReserveShare: reserve },
        limits,
        instanceClasses: [...rules.classes],
      }),
      plans: plans.map(({ runs, ...rest }, index) => ({
        ...rest,
        submission: submissions[index] ?? '',
        runs: runs.map(({ on, seconds, ...planned }) => ({
          ...planned,
          options: rules.classes
            .filter(({ name }) => on.includes(name))
            .map((one, place) => optionOn(rules, one, seconds[place] ?? 1))
            .sort((a, b) => a.expected - b.expected || (a.class < b.class ? -1 : 1)),
        })),
      })),
      weights,
      open,
      perTeam,
    };
  });
