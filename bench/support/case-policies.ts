import type { FrozenCampaign, InstanceClass } from '../../src/campaign/model/frozen-campaign.ts';
import { simulateCampaign, type SimulatedResult } from '../../test/support/campaigns/simulate-campaign.ts';
import { c4, caseCampaign, g4, limits, p3 } from '../../test/campaign/samples.ts';
import { itemsOfTheCase, type CaseKind, type CasePopulation } from './case-population.ts';

/** An assignment of the competition's submissions to classes, with 125 slots in total. */
export interface Policy {
  name: string;
  /** Submissions that share no class are separate campaigns; submissions in no part do not run. */
  parts: { kinds: CaseKind[]; classes: InstanceClass[] }[];
  /** Holdout's own policy: probes before the first evaluation and watches the deadline. */
  isOurs?: true;
}

const on = (row: InstanceClass, slots: number): InstanceClass => ({ ...row, slots });
const everything: CaseKind[] = ['g4', 'c4', 'p3', 'none'];
const v100 = { ...p3, relativeSpeed: 15 / 7 };
/** What an organizer knows: for work without a GPU, three times as fast as a g4dn.xlarge. */
const cpu = { ...c4, relativeSpeed: 3 };

export const policies: Policy[] = [
  { name: 'all on P3', parts: [{ kinds: everything, classes: [on(v100, 125)] }] },
  { name: 'all on G4, fallback to P3', parts: [{ kinds: everything, classes: [on(g4, 105), on(v100, 20)] }] },
  {
    name: 'the original plan',
    parts: [
      { kinds: ['c4'], classes: [on(cpu, 20)] },
      { kinds: ['g4', 'p3', 'none'], classes: [on(g4, 85), on(v100, 20)] },
    ],
  },
  { name: 'Holdout', isOurs: true, parts: [{ kinds: everything, classes: [on(g4, 85), on(cpu, 20), on(v100, 20)] }] },
  {
    name: 'clairvoyant',
    parts: [
      { kinds: ['g4'], classes: [on(g4, 85)] },
      { kinds: ['c4'], classes: [on(cpu, 20)] },
      { kinds: ['p3'], classes: [on(v100, 20)] },
    ],
  },
];

/** The outcome of the competition under a policy. */
export interface PolicyResult {
  /** Dollars. */
  cost: number;
  hours: Record<string, number>;
  days: number;
  scored: number;
  /** Number of the other submissions by reason. */
  reasons: Record<string, number>;
  /** Submissions without a score that neither fail by design nor are too large for every GPU. */
  soundLost: number;
  runs: number;
}

const day = 86_400;
const startsAt = Date.parse('2020-04-01T00:00:00Z');
const deadline = new Date(startsAt + 21 * day * 1000).toISOString();
const practicallyNever = 1e9;

/** Simulates the competition under a policy with the rules of a real campaign; parts share no classes. */
export function resultOf({ parts, isOurs }: Policy, population: CasePopulation, seed: number): PolicyResult {
  const results = parts.map(({ kinds, classes }) => {
    const mine = (submission: string): boolean => kinds.includes(population.kinds.get(submission) ?? 'none');
    return simulateCampaign({
      frozen: frozenOf(classes, isOurs ?? false),
      teams: population.teams.map((team) => team.filter(mine)).filter(({ length }) => length > 0),
      population,
      seed,
      startsAt,
      delays: { pull: 120, handOver: 30, tick: isOurs ? 6 * 3600 : practicallyNever },
    });
  });
  if (results.some(({ done }) => !done)) throw new Error('a campaign is blocked');
  const traces = results.flatMap(({ traces }) => traces);
  return {
    cost: sumOf(results, ({ state }) => state.money.spent) / 1e6,
    hours: hoursByClass(traces),
    days: (Math.max(...results.map(({ endedAt }) => endedAt)) - startsAt) / 1000 / day,
    scored: sumOf(results, ({ state }) => state.counts.finished),
    reasons: reasonsIn(results),
    soundLost: traces.filter(({ submission, state }) => state !== 'finished' && isSound(population, submission)).length,
    runs: sumOf(traces, ({ runs }) => runs.length),
  };
}

/** Three weeks, $50,000, and the promise of 10 hours on a P3. */
function frozenOf(instanceClasses: InstanceClass[], isProbed: boolean): FrozenCampaign {
  const { sampleSet, testSet, ...frozen } = caseCampaign();
  const [first] = instanceClasses;
  const promised = instanceClasses.some(({ name }) => name === v100.name)
    ? { wallClockSeconds: 10 * 3600, wallClockOn: v100.name }
    : { wallClockSeconds: (10 * 3600 * 15) / 7, wallClockOn: first?.name ?? '' };
  return {
    ...frozen,
    testSet: { ...testSet, items: itemsOfTheCase.testSet },
    ...(isProbed && sampleSet && { sampleSet: { ...sampleSet, items: itemsOfTheCase.sampleSet } }),
    deadline,
    budget: { microUsd: 200_000 * 1e6, rerunReserveShare: 0.1 },
    limits: { ...limits, ...promised },
    instanceClasses,
  };
}

const isSound = ({ submissions, kinds }: CasePopulation, submission: string): boolean =>
  submissions.get(submission)?.end === 'predictions' && kinds.get(submission) !== 'none';

function hoursByClass(traces: SimulatedResult['traces']): Record<string, number> {
  const hours: Record<string, number> = {};
  for (const run of traces.flatMap(({ runs }) => runs)) {
    hours[run.class] = (hours[run.class] ?? 0) + run.billedSeconds / 3600;
  }
  return hours;
}

function reasonsIn(results: readonly SimulatedResult[]): Record<string, number> {
  const reasons: Record<string, number> = {};
  for (const [reason, count] of results.flatMap(({ state }) => Object.entries(state.reasons))) {
    reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  return reasons;
}

const sumOf = <Item>(items: readonly Item[], value: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + value(item), 0);
