import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';
import { neededBudget, budgetExhaustedAt, budgetWithoutWaiting } from '../../../src/campaign/planning/budget-need.ts';
import { courseOf, type Course, type PlannedCampaign } from '../../../src/campaign/planning/course.ts';
import { drawnPopulation } from '../../support/campaigns/drawn-population.ts';
import { simulateCampaign } from '../../support/campaigns/simulate-campaign.ts';
import type { Population } from '../../../src/campaign/simulation/population.ts';
import { caseCampaign, classes } from '../samples.ts';

const delays = { pull: 120, handOver: 30 };
const generous = { microUsd: 1e15, rerunReserveShare: 0.1 };

/** Campaigns of some teams; one submission in five needs the larger GPU, one in seven uses none, one in ten fails. */
const campaigns = fc.record({
  teams: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
  slots: fc.integer({ min: 1, max: 6 }),
  probed: fc.boolean(),
  seed: fc.nat(1_000),
});
type Drawn = typeof campaigns extends fc.Arbitrary<infer Value> ? Value : never;

interface Situation {
  frozen: FrozenCampaign;
  planned: PlannedCampaign;
  population: Population;
  seed: number;
}

function situationOf({ teams: counts, slots, probed, seed }: Drawn, meanSeconds = 4 * 3600): Situation {
  const { sampleSet, ...frozen } = caseCampaign({
    budget: generous,
    instanceClasses: classes.map((row) => ({ ...row, slots })),
  });
  const rules: FrozenCampaign = { ...frozen, ...(probed && sampleSet && { sampleSet }) };
  const teams = counts.map((count, team) => Array.from({ length: count }, (_, n) => `s${team}-${n}`));
  const population = drawnPopulation(
    teams.flat(),
    {
      meanSeconds,
      durations: { kind: 'log-normal', sigma: 0.5 },
      items: rules.testSet.items,
      spread: 0.05,
      gpuMemoryMiB: 8_000,
      large: { share: 0.2, gpuMemoryMiB: 15_600 },
      withoutGpu: 0.15,
      failing: 0.1,
      classes: new Map(
        classes.map(({ name, relativeSpeed }) => [
          name,
          { gpuSpeed: relativeSpeed, cpuSpeed: 1, lossesPerHour: 0.005 },
        ]),
      ),
    },
    seed,
  );
  return { frozen: rules, planned: { rules, teams, perTeam: 2, delays, startUpSeconds: 0 }, population, seed };
}

const courseIn = ({ planned, population, seed }: Situation): Course => courseOf(planned, population, seed);

const simulated = ({ frozen, planned, population, seed }: Situation, budget = generous) =>
  simulateCampaign({
    frozen: { ...frozen, budget },
    teams: planned.teams,
    population,
    seed,
    startsAt: Date.parse('2026-01-01T00:00:00Z'),
    delays: { ...delays, tick: 1e9 },
  });

const spentIn = ({ runs }: Course): number => runs.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);

describe('a planned course', () => {
  it('costs and scores exactly what the campaign does with the scheduler', () => {
    fc.assert(
      fc.property(campaigns, (drawn) => {
        const situation = situationOf(drawn);
        const course = courseIn(situation);
        const { state } = simulated(situation);
        assert.equal(spentIn(course), state.money.spent);
        assert.equal(course.scored, state.counts.finished);
      }),
      { numRuns: 60 },
    );
  });

  it('ends at the same time as the campaign, within the time of the longest runs', () => {
    fc.assert(
      fc.property(campaigns, (drawn) => {
        const situation = situationOf(drawn);
        const { endedAt, traces } = simulated(situation);
        const seconds = (endedAt - Date.parse('2026-01-01T00:00:00Z')) / 1000;
        const longest = Math.max(...traces.map(({ runs }) => runs.reduce((sum, run) => sum + run.billedSeconds, 0)));
        const apart = Math.abs(courseIn(situation).seconds - seconds);
        assert.ok(apart <= 2 * longest, `${apart} s apart, the longest took ${longest} s`);
      }),
      { numRuns: 60 },
    );
  });

  it('needs a budget with which the campaign ends, and less is not sufficient', () => {
    fc.assert(
      fc.property(campaigns, (drawn) => {
        const situation = situationOf(drawn);
        const course = courseIn(situation);
        const microUsd = Math.ceil(neededBudget(course, generous.rerunReserveShare));
        const enough = { ...generous, microUsd };
        assert.equal(budgetExhaustedAt(course, enough), undefined);
        assert.ok(simulated(situation, enough).done);
        const short = { ...generous, microUsd: Math.floor(spentIn(course) * 0.9) };
        const until = budgetExhaustedAt(course, short);
        assert.ok(until !== undefined && until <= course.seconds);
        assert.ok(!simulated(situation, short).done);
      }),
      { numRuns: 60 },
    );
  });

  it('waits for reserved money as the campaign does', () => {
    fc.assert(
      fc.property(campaigns, fc.double({ min: 0.1, max: 1, noNaN: true }), (drawn, between) => {
        // Far less than a run reserves for its worst case.
        const situation = situationOf(drawn, 300);
        const { planned, population, seed } = situation;
        const free = courseIn(situation);
        const [least, most] = [neededBudget(free, 0.1), budgetWithoutWaiting(free, 0.1)];
        const budget = { ...generous, microUsd: Math.ceil(least + between * Math.max(0, most - least)) };
        const course = courseOf(planned, population, seed, budget);
        assert.equal(spentIn(course), spentIn(free));
        if (between === 1) assert.equal(course.seconds, free.seconds);
        const { endedAt, traces } = simulated(situation, budget);
        const seconds = (endedAt - Date.parse('2026-01-01T00:00:00Z')) / 1000;
        const longest = Math.max(...traces.map(({ runs }) => runs.reduce((sum, run) => sum + run.billedSeconds, 0)));
        const apart = Math.abs(course.seconds - seconds);
        assert.ok(apart <= 3 * longest, `${apart} s apart, the longest took ${longest} s, planned ${course.seconds} s`);
      }),
      { numRuns: 60 },
    );
  });

  it('bills the start-up of every run and holds its slot during it', () => {
    const situation = situationOf({ teams: [2, 2], slots: 1, probed: true, seed: 5 });
    const plain = courseIn(situation);
    const slower = courseOf({ ...situation.planned, startUpSeconds: 600 }, situation.population, 5);
    const seconds = (course: Course): number => course.runs.reduce((sum, { billedSeconds }) => sum + billedSeconds, 0);
    assert.equal(seconds(slower), seconds(plain) + 600 * plain.runs.length);
    assert.ok(slower.seconds > plain.seconds);
  });
});
