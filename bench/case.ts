/**
 * `node --import tsx bench/case.ts`: the original competition, simulated under five policies with seeds that were fixed
 * before any policy was run, and Holdout's policy with further seeds. Takes some minutes.
 */
import { casePopulation, caseSeeds, itemsOfTheCase } from './support/case-population.ts';
import { policies, resultOf, type PolicyResult } from './support/case-policies.ts';
import { keepResult, quantile, type BenchResult } from './support/results.ts';

type Row = BenchResult['rows'][number];

const submissions = 4_200;
/** Populations that were never used for tuning; they show whether the results of the five seeds generalise. */
const furtherSeeds = Array.from({ length: 60 }, (_, place) => place + 1);
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

/** `median (minimum to maximum)`. */
function spread(form: (value: number) => string, values: readonly number[]): string {
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
    return `${name} ${spread(whole, hours)}`;
  });
  const all = of(({ hours }) => Object.values(hours).reduce((sum, more) => sum + more, 0));
  const costs = of(({ cost }) => cost);
  const finishes = of((result) => result.days);
  const scored = of((result) => result.scored / submissions);
  return [
    { what: `${policy}: cost`, found: spread(usd, costs) },
    { what: `${policy}: hours`, found: `${spread(whole, all)}: ${byClass.join(', ')}` },
    { what: `${policy}: finish`, found: spread(days, finishes) },
    { what: `${policy}: scored`, found: spread(percent, scored) },
    { what: `${policy}: reasons for no score`, found: reasonsOf(policy) },
    {
      what: `${policy}: valid submissions without a score`,
      found: spread(
        whole,
        of(({ soundLost }) => soundLost),
      ),
    },
  ];
};

/** Why submissions have no score under a policy, the most frequent reason first. */
function reasonsOf(policy: string): string {
  const all = found.flatMap(({ results }) => Object.keys(results.get(policy)?.reasons ?? {}));
  return [...new Set(all)]
    .map((reason) => ({ reason, shares: valuesOf(policy, ({ reasons }) => (reasons[reason] ?? 0) / submissions) }))
    .sort((a, b) => quantile(b.shares, 0.5) - quantile(a.shares, 0.5))
    .map(({ reason, shares }) => `${reason} ${spread(percent, shares)}`)
    .join(', ');
}

function against(policy: string): number[] {
  const theirs = valuesOf(policy, ({ cost }) => cost);
  return valuesOf('Holdout', ({ cost }) => cost).map((cost, place) => cost / (theirs[place] ?? Number.NaN));
}

/** A row whose aim must be met with every seed. */
function aimed(
  what: string,
  values: readonly number[],
  form: (value: number) => string,
  most: number,
  aim: string,
): Row {
  return { what, found: spread(form, values), aim, met: values.every((value) => value <= most) };
}

function soundLostBeyond(): number[] {
  const ours = policies.find(({ isOurs }) => isOurs);
  if (ours === undefined) throw new Error('none of the policies is ours');
  return furtherSeeds.map((seed) => resultOf(ours, casePopulation(seed), seed).soundLost);
}

const lost = soundLostBeyond();
const scored = valuesOf('Holdout', (result) => result.scored / submissions);
keepResult(
  'case',
  [
    aimed('Holdout relative to clairvoyant: cost', against('clairvoyant'), ratio, 1.05, '≤ 1.05'),
    aimed(
      'Holdout relative to the original plan: cost for the same population',
      against('the original plan'),
      ratio,
      1,
      '≤ 1',
    ),
    {
      what: 'Holdout: scored',
      found: spread(percent, scored),
      aim: '≥ 94 %',
      met: scored.every((share) => share >= 0.94),
    },
    aimed(
      'Holdout: finish at 125 slots',
      valuesOf('Holdout', (result) => result.days),
      days,
      21,
      '≤ 21 d, the deadline',
    ),
    ...policies.flatMap(({ name }) => rowsOf(name)),
    {
      what: `Holdout, ${lost.length} further seeds: populations with a valid submission without a score`,
      found: `${lost.filter((count) => count > 0).length}, at most ${Math.max(...lost)} submission each`,
    },
  ],
  {
    seeds: caseSeeds,
    items: itemsOfTheCase,
    results: found.map(({ seed, results }) => ({ seed, ...Object.fromEntries(results) })),
  },
  [
    'Exactly 6 % of the submissions fail by design or are too large for every GPU, so a single lost valid submission misses the ' +
      '94 %. Two runs of one submission differ by 5 %. A valid one is lost if its runs exceed the promised wall ' +
      'clock, which scales with the speed of a class. The additional run in that situation (docs/adr/0006) was introduced after two ' +
      'of the five seeds had lost one submission each; the further seeds were run only afterwards.',
  ],
);
