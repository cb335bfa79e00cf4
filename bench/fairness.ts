/**
 * `node --import tsx bench/fairness.ts`: 40 teams of 25 submissions and one team of 500 on 20 slots, simulated with the
 * rules of a real campaign. Takes seconds.
 *
 * A start is the grant of a submission's first run. A wait is the time from the start of the campaign, when all
 * submissions are available, to that grant. A round has as many starts as there are teams. All teams have work waiting
 * until the first team has started its last submission.
 */
import type { Durations } from '../test/support/campaigns/drawn-population.ts';
import { simulateCampaign, type SubmissionTrace } from '../test/support/campaigns/simulate-campaign.ts';
import { startsAt, virtualCampaign, type VirtualShape } from '../test/support/campaigns/virtual-campaign.ts';
import { keepResult, type BenchResult } from './support/results.ts';

const small = Array.from({ length: 40 }, () => 25);
const large = 500;
const slots = 20;
const rounds = 5;

interface Setting {
  what: string;
  /** Index of the large team in the published order. */
  place: number;
  perTeamInFlight: number;
  probed: boolean;
  durations: Durations;
}

const equal: Durations = { kind: 'constant' };
const plain: Setting = { what: 'plain', place: 0, perTeamInFlight: 2, probed: false, durations: equal };
const settings: Setting[] = [
  plain,
  { ...plain, what: 'large team last in the start order', place: 40 },
  { ...plain, what: 'no limit per team', perTeamInFlight: 1_500 },
  { ...plain, what: 'with probes', probed: true },
  { ...plain, what: 'with probes, no limit per team', probed: true, perTeamInFlight: 1_500 },
  { ...plain, what: 'unequal durations', durations: { kind: 'log-normal', sigma: 0.7 } },
];

interface Start {
  team: number;
  at: number;
}

function startsOf({ perTeamInFlight, probed, durations }: Setting, teams: readonly number[]): Start[] {
  const shape: VirtualShape = {
    perTeamInFlight,
    probed,
    durations,
    seed: 1,
    teams,
    slots: { cheap: slots, expensive: 0 },
    meanSeconds: 4 * 3600,
    spread: 0,
    large: 0,
    failing: 0,
    lossesPerHour: 0,
  };
  const { done, traces } = simulateCampaign(virtualCampaign(shape));
  if (!done) throw new Error('the campaign is blocked');
  return traces
    .flatMap(({ team, runs: [first] }: SubmissionTrace) => (first ? [{ team, at: first.grantedAt - startsAt }] : []))
    .sort((a, b) => a.at - b.at);
}

const jain = (counts: readonly number[]): number =>
  counts.reduce((sum, count) => sum + count, 0) ** 2 /
  (counts.length * counts.reduce((sum, count) => sum + count ** 2, 0));

interface Share {
  /** Jain index of the starts by team: after the rounds, and its minimum from then on while all teams have work waiting. */
  after: number;
  lowest: number;
  /** Starts of the large team and mean starts of the others while all teams have work waiting. */
  ofLarge: number;
  ofSmall: number;
}

function shareOf(starts: readonly Start[], teams: readonly number[], place: number): Share {
  const counts = teams.map(() => 0);
  const indices: number[] = [];
  for (const { team } of starts) {
    counts[team] = (counts[team] ?? 0) + 1;
    indices.push(jain(counts));
    if (counts[team] === teams[team]) break;
  }
  const first = rounds * teams.length - 1;
  const ofLarge = counts[place] ?? 0;
  return {
    after: indices[first] ?? 0,
    lowest: Math.min(...indices.slice(first)),
    ofLarge,
    ofSmall: (indices.length - ofLarge) / small.length,
  };
}

/** Teams whose second start came before another team's first. */
function overtakers(starts: readonly Start[], teams: number): number {
  const seen = new Set<number>();
  const overtaking = new Set<number>();
  for (const { team } of starts) {
    if (seen.has(team) && seen.size < teams) overtaking.add(team);
    seen.add(team);
  }
  return overtaking.size;
}

const meanHours = (starts: readonly Start[]): number =>
  starts.reduce((sum, { at }) => sum + at, 0) / starts.length / 3_600_000;

function measure(setting: Setting) {
  const teams = small.toSpliced(setting.place, 0, large);
  const starts = startsOf(setting, teams);
  const beside = meanHours(starts.filter(({ team }) => team !== setting.place));
  const alone = meanHours(startsOf(setting, small));
  return {
    setting,
    ...shareOf(starts, teams, setting.place),
    overtakers: overtakers(starts, teams.length),
    beside,
    alone,
  };
}

/** Teams share slots, not starts: starts are only equal if all runs take the same time. */
const aimed = ({ kind }: Durations, aim: string, met: boolean): { aim?: string; met?: boolean } =>
  kind === 'constant' ? { aim, met } : {};

const found = settings.map(measure);
keepResult(
  'fairness',
  found.flatMap(
    ({ setting: { what, durations }, after, lowest, ofLarge, ofSmall, overtakers: overtaking, beside, alone }) => {
      const rows: BenchResult['rows'] = [
        {
          what: `${what}: Jain index of starts by team after ${rounds} rounds, and its minimum from then on while all teams have work waiting`,
          found: `${after.toFixed(4)}, ${lowest.toFixed(4)} (the large team ${ofLarge}, the others ${ofSmall.toFixed(1)})`,
          ...aimed(durations, '≥ 0.98', lowest >= 0.98),
        },
        {
          what: `${what}: teams whose second start came before another team’s first`,
          found: `${overtaking}`,
          aim: '0',
          met: overtaking === 0,
        },
        {
          what: `${what}: mean wait of the small teams, with and without the large team`,
          found: `${beside.toFixed(1)} h, ${alone.toFixed(1)} h (${(100 * (beside / alone - 1)).toFixed(1)} % more)`,
          ...aimed(durations, '≤ 10 % apart', Math.abs(beside / alone - 1) <= 0.1),
        },
      ];
      return rows;
    },
  ),
  found,
);
