/**
 * `node --import tsx bench/hurry.ts`: simulated campaigns with deadlines that the cheapest class would miss, and with ones
 * that it would meet, beside the same campaigns that never hurry and that hurry from start to end. Takes minutes.
 */
import { RandomStream } from '../src/campaign/random/random-stream.ts';
import { simulateCampaign, type SimulatedResult } from '../test/support/campaigns/simulate-campaign.ts';
import { startsAt, virtualCampaign, type VirtualShape } from '../test/support/campaigns/virtual-campaign.ts';
import { durationsOf } from './support/forecast-cases.ts';
import { keepResult, quantile, type BenchResult } from './support/results.ts';

const cases = 24;
const firstSeed = 200_001;
/** Looks at the forecast in the time that a campaign takes without a hurry. */
const looks = 150;
/** A campaign is judged when a hurry from start to end would make it shorter by this share at least. */
const worthIt = 0.1;

/**
 * Where a deadline lies: `saved` of the time that a hurry from the start would save must be saved, or `spare` of the time
 * without a hurry is left over.
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
    slots: { cheap, dear: cheap / among(2, 5) },
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

interface Tried {
  seed: number;
  deadline: Deadline;
  never: Course;
  always: Course;
  asNeeded: Course;
}

function triesOf(seed: number): Tried[] {
  const shape = drawnShape(seed);
  const run = (change: Partial<VirtualShape>): Course =>
    courseOf(simulateCampaign(virtualCampaign({ ...shape, ...change })));
  const never = run({ expedited: false });
  const always = run({ expedited: true });
  if (always.hours > (1 - worthIt) * never.hours) return [];
  return deadlines.map((deadline) => {
    const hours =
      'spare' in deadline
        ? never.hours * (1 + deadline.spare)
        : never.hours - deadline.saved * (never.hours - always.hours);
    const tick = (never.hours * 3600) / looks;
    return { seed, deadline, never, always, asNeeded: run({ deadline: hours * 3600, tick }) };
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function rowsOf(deadline: Deadline, tried: readonly Tried[]): BenchResult['rows'] {
  const met = tried.filter(({ asNeeded }) => asNeeded.met).length;
  const hurried = tried.filter(({ asNeeded }) => asNeeded.changes > 0).length;
  const changes = tried.map(({ asNeeded }) => asNeeded.changes);
  const more = (of: (one: Tried) => number): number => quantile(tried.map(of), 0.5);
  const what =
    'spare' in deadline
      ? `${percent(deadline.spare)} more time than is needed`
      : `${percent(deadline.saved)} of what a hurry can save must be saved`;
  return [
    {
      what: `${what}: deadlines met`,
      found: `${met} of ${tried.length}`,
      aim: 'all',
      met: met === tried.length,
    },
    {
      what: `${what}: campaigns that hurried`,
      found: `${hurried}; a hurry began or ended ${quantile(changes, 0.5)} times in the median, ${Math.max(...changes)} at most`,
    },
    {
      what: `${what}: what it costs, in the median`,
      found:
        `${percent(more(({ asNeeded, never }) => asNeeded.usd / never.usd - 1))} more than without a hurry; ` +
        `a hurry from the start ${percent(more(({ always, never }) => always.usd / never.usd - 1))} more`,
    },
  ];
}

const tries = Array.from({ length: cases }, (_, place) => {
  if (place % 4 === 0) console.error(`${place} of ${cases} campaigns`);
  return triesOf(firstSeed + place);
}).flat();
keepResult(
  'hurry',
  deadlines.flatMap((deadline) =>
    rowsOf(
      deadline,
      tries.filter((one) => one.deadline === deadline),
    ),
  ),
  tries,
);
