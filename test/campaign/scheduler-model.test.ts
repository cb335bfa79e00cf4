import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { RunOption } from '../../src/campaign/class-choice.ts';
import { initialState } from '../../src/campaign/initial-state.ts';
import { CampaignWorld, eventKinds, type Event, type Plan } from './campaign-world.ts';
import { caseCampaign, g4 } from './samples.ts';

const teams = ['constructor', '7', 'b', 'toString'];
const submissions = [
  'a',
  'valueOf',
  '12',
  'constructor',
  'b',
  '3',
  'hasOwnProperty',
  'c',
  'isPrototypeOf',
  'd',
  'e',
  'f',
];
const classNames = ['g4', 'p3', 'valueOf'];

const options: fc.Arbitrary<RunOption[]> = fc
  .tuple(
    fc.shuffledSubarray(classNames, { minLength: 1 }),
    fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 3, maxLength: 3 }),
  )
  .map(([names, worst]) =>
    names.map((name, index) => ({ class: name, worst: worst[index] ?? 1, expected: index, hours: 1 })),
  );

const share = fc.double({ min: 0, max: 1, noNaN: true });
const plan = fc.record({
  team: fc.constantFrom(...teams),
  runs: fc.array(
    fc.record({
      purpose: fc.constantFrom('probe', 'evaluation', 'evaluation'),
      options,
      share,
      reason: fc.constantFrom(undefined, 'spot-reclaimed', 'gpu-out-of-memory'),
    }),
    { maxLength: 4 },
  ),
  silent: fc.boolean(),
});
const plans: fc.Arbitrary<Plan[]> = fc
  .array(plan, { maxLength: submissions.length })
  .map((rows) => rows.map((row, index) => ({ ...row, submission: submissions[index] ?? '' })));

const often: Event['kind'][] = [
  'decide',
  'decide',
  'decide',
  'proceed',
  'proceed',
  'proceed',
  'deliver',
  'deliver',
  'deliver',
];
const kinds = eventKinds.filter((kind) => kind !== 'close');
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds, ...often, ...often), pick: fc.nat(50), amount: share }),
  { maxLength: 150, size: 'max' },
);
const budget = fc.nat(2_000);

function worldOf(plans: Plan[], budgetMicroUsd: number, throughJson = false): CampaignWorld {
  const frozen = caseCampaign({
    budget: { microUsd: budgetMicroUsd, rerunReserveShare: 0 },
    instanceClasses: classNames.map((name, index) => ({ ...g4, name, slots: index === 0 ? 2 : 1 })),
  });
  const counts = teams.map((team): [string, number] => [team, plans.filter((plan) => plan.team === team).length]);
  return new CampaignWorld(initialState(frozen, counts), plans, throughJson);
}

function runThrough(world: CampaignWorld, events: Event[]): string[] {
  for (const event of events) world.happen(event);
  world.finish();
  return world.log;
}

describe('a campaign in which anything may happen at any moment', () => {
  it('keeps its budget and its slots, books every run once, never gets stuck and loses no submission', () => {
    fc.assert(
      fc.property(plans, budget, events, (plans, budget, events) => void runThrough(worldOf(plans, budget), events)),
      { numRuns: 200 },
    );
  });

  it('ends with everything freed when it is closed in the middle', () => {
    fc.assert(
      fc.property(plans, budget, events, fc.nat(150), (plans, budget, events, at) => {
        const closing: Event = { kind: 'close', pick: 0, amount: 0 };
        runThrough(worldOf(plans, budget), [...events.slice(0, at), closing, ...events.slice(at)]);
      }),
      { numRuns: 100 },
    );
  });

  it('decides the same again, also when its state goes through JSON before every step', () => {
    fc.assert(
      fc.property(plans, budget, events, (plans, budget, events) => {
        const log = runThrough(worldOf(plans, budget), events);
        assert.deepEqual(runThrough(worldOf(plans, budget), events), log);
        assert.deepEqual(runThrough(worldOf(plans, budget, true), events), log);
      }),
      { numRuns: 50 },
    );
  });
});
