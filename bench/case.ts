/**
 * `node --import tsx bench/case.ts`: the case, simulated: its submissions under five policies side by side, over the seeds
 * that were fixed before any of them was run. Takes some minutes.
 */
import { casePopulation, caseSeeds, itemsOfTheCase } from './support/case-population.ts';
import { policies, resultOf, type PolicyResult } from './support/case-policies.ts';
import { keepResult, quantile, type BenchResult } from './support/results.ts';

type Row = BenchResult['rows'][number];

const submissions = 4_200;
const found = caseSeeds.map((seed) => {
  const population = casePopulation(seed);
  const results = new Map(policies.map((policy) => [policy.name, resultOf(policy, population, seed)]));
  console.error(`seed ${seed}: ${[...results].map(([name, { cost }]) => `${name} $${cost.toFixed(2)}`).join(', ')}`);
  return { seed, results };
});

const valuesOf = (policy: string, value: (result: PolicyResult) => number): number[] =>
  found.map(({ results }) => {
    const result = results.get(policy);
    if (result === undefined) throw new Error(`${policy} was not run`);
    return value(result);
  });

/** `median (least to most)`. */
function spread(values: readonly number[], form: (value: number) => string): string {
  return `${form(quantile(values, 0.5))} (${form(Math.min(...values))} to ${form(Math.max(...values))})`;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const usd = (value: number): string => `$${whole(value)}`;
const days = (value: number): string => `${value.toFixed(1)} d`;
const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
const ratio = (value: number): string => value.toFixed(3);

const rowsOf = (policy: string): Row[] => {
  const of = (value: (result: PolicyResult) => number): number[] => valuesOf(policy, value);
  const byClass = ['g4dn.xlarge', 'c4.4xlarge', 'p3.2xlarge'].map((name) => {
    const hours = of((result) => result.hours[name] ?? 0);
    return `${name} ${spread(hours, whole)}`;
  });
  const all = of(({ hours }) => Object.values(hours).reduce((sum, more) => sum + more, 0));
  return [
    {
      what: `${policy}: cost`,
      found: spread(
        of(({ cost }) => cost),
        usd,
      ),
    },
    { what: `${policy}: hours`, found: `${spread(all, whole)}: ${byClass.join(', ')}` },
    {
      what: `${policy}: finish`,
      found: spread(
        of((result) => result.days),
        days,
      ),
    },
    {
      what: `${policy}: scored`,
      found: spread(
        of(({ scored }) => scored / submissions),
        percent,
      ),
    },
  ];
};

function against(policy: string): number[] {
  const theirs = valuesOf(policy, ({ cost }) => cost);
  return valuesOf('ours', ({ cost }) => cost).map((cost, place) => cost / (theirs[place] ?? Number.NaN));
}

/** The aim holds on every seed. */
function aimed(
  what: string,
  values: readonly number[],
  form: (value: number) => string,
  most: number,
  aim: string,
): Row {
  return { what, found: spread(values, form), aim, met: values.every((value) => value <= most) };
}

const scored = valuesOf('ours', (result) => result.scored / submissions);
keepResult(
  'case',
  [
    aimed('ours against the clairvoyant: cost', against('clairvoyant'), ratio, 1.05, '≤ 1.05'),
    aimed('ours against the case’s: cost on the same population', against('the case’s'), ratio, 1, '≤ 1'),
    {
      what: 'ours: scored',
      found: spread(scored, percent),
      aim: '≥ 94 %',
      met: scored.every((share) => share >= 0.94),
    },
    aimed(
      'ours: finish at 125 slots',
      valuesOf('ours', (result) => result.days),
      days,
      21,
      '≤ 21 d, the deadline',
    ),
    ...policies.flatMap(({ name }) => rowsOf(name)),
  ],
  {
    seeds: caseSeeds,
    items: itemsOfTheCase,
    results: found.map(({ seed, results }) => ({ seed, ...Object.fromEntries(results) })),
  },
);
