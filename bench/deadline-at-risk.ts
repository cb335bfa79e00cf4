/**
 * `node --import tsx bench/deadline-at-risk.ts`: simulated campaigns with deadlines that the cheapest class would miss or
 * meet, compared with the same campaigns without expedited grants and with expedited grants throughout. Takes minutes.
 */
import { RandomStream } from '../src/campaign/random/random-stream.ts';
import { simulateCampaign, type SimulatedResult } from '../test/support/campaigns/simulate-campaign.ts';
import { startsAt, virtualCampaign, type VirtualShape } from '../test/support/campaigns/virtual-campaign.ts';
import { durationsOf } from './support/forecast-cases.ts';
import { keepResult, quantile, type BenchResult } from './support/results.ts';

const cases = 24;
const firstSeed = 200_001;
/** Forecasts during the time that a campaign takes without expedited grants. */
const forecasts = 150;
/** Only campaigns that expediting throughout would shorten by at least this share count. */
const minSaving = 0.1;

/**
 * Position of a deadline: either `saved` of the time that expediting throughout saves must be saved, or there is `spare`
 * time beyond the duration without expediting.
 */
type Deadline = { saved: number } | { spare: number };
const deadlines: Deadline[] = [{ saved: 0.7 }, { saved: 0.4 }, { saved: 0.1 }, { spare: 0.1 }, { spare: 0.3 }];

function drawnShape(seed: number): VirtualShape {
  const random = new RandomStream(seed);
  const among = <Item>(...items: [Item, ...Item[]]): Item =>
    items[Math.floor(random.next() * items.length)] ?? items[0];
  const submissions = among(200, 400, 600);
  const cheap = among(10, 20, 40);
  return {
    seed,
    teams: Array.from({ length: submissions / 2 }, () => 2),
    slots: { cheap, expensive: cheap / among(2, 5) },
    meanSeconds: 4 * 3600,
    durations: durationsOf(among('constant', 'log-normal', 'bimodal')),
    spread: 0.05,
    large: among(0, 0.05),
    failing: among(0, 0.1),
    probed: random.next() < 0.8,
    lossesPerHour: 0.005,
    perTeamInFlight: 2,
  };
}

interface Course {
  met: boolean;
  hours: number;
  usd: number;
  changes: number;
}

const courseOf = ({ done, endedAt, state, expeditedChanges }: SimulatedResult): Course => ({
  met: done,
  hours: (endedAt - startsAt) / 3_600_000,
  usd: state.money.spent / 1e6,
  changes: expeditedChanges,
});

interface Comparison {
  seed: number;
  deadline: Deadline;
  never: Course;
  always: Course;
  asNeeded: Course;
}

function comparisonsOf(seed: number): Comparison[] {
  const shape = drawnShape(seed);
  const run = (change: Partial<VirtualShape>): Course =>
    courseOf(simulateCampaign(virtualCampaign({ ...shape, ...change })));
  const never = run({ expedited: false });
  const always = run({ expedited: true });
  if (always.hours > (1 - minSaving) * never.hours) return [];
  return deadlines.map((deadline) => {
    const hours =
      'spare' in deadline
        ? never.hours * (1 + deadline.spare)
        : never.hours - deadline.saved * (never.hours - always.hours);
    const tick = (never.hours * 3600) / forecasts;
    return { seed, deadline, never, always, asNeeded: run({ deadline: hours * 3600, tick }) };
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function rowsOf(deadline: Deadline, comparisons: readonly Comparison[]): BenchResult['rows'] {
  const met = comparisons.filter(({ asNeeded }) => asNeeded.met).length;
  const expedited = comparisons.filter(({ asNeeded }) => asNeeded.changes > 0).length;
  const changes = comparisons.map(({ asNeeded }) => asNeeded.changes);
  const more = (of: (one: Comparison) => number): number => quantile(comparisons.map(of), 0.5);
  const what =
    'spare' in deadline
      ? `${percent(deadline.spare)} more time than needed`
      : `${percent(deadline.saved)} of the time that expediting can save must be saved`;
  return [
    {
      what: `${what}: deadlines met`,
      found: `${met} of ${comparisons.length}`,
      aim: 'all',
      met: met === comparisons.length,
    },
    {
      what: `${what}: campaigns with expedited grants`,
      found: `${expedited}; expediting began or ended ${quantile(changes, 0.5)} times in the median, at most ${Math.max(...changes)}`,
    },
    {
      what: `${what}: median cost`,
      found:
        `${percent(more(({ asNeeded, never }) => asNeeded.usd / never.usd - 1))} more than without expediting; ` +
        `expediting from the start ${percent(more(({ always, never }) => always.usd / never.usd - 1))} more`,
    },
  ];
}

const comparisons = Array.from({ length: cases }, (_, place) => {
  if (place % 4 === 0) console.error(`${place} of ${cases} campaigns`);
  return comparisonsOf(firstSeed + place);
}).flat();
keepResult(
  'deadline-at-risk',
  deadlines.flatMap((deadline) =>
    rowsOf(
      deadline,
      comparisons.filter((one) => one.deadline === deadline),
    ),
  ),
  comparisons,
);
