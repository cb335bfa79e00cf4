import { forecastOf, type Forecast } from '../../src/campaign/forecasting/forecast.ts';
import type { OperatorCommand } from '../../src/campaign/operators/operator-commands.ts';
import { RandomStream } from '../../src/campaign/random/random-stream.ts';
import type { Durations } from '../../test/support/campaigns/drawn-population.ts';
import { simulateCampaign, type Simulation } from '../../test/support/campaigns/simulate-campaign.ts';
import { startsAt, virtualCampaign } from '../../test/support/campaigns/virtual-campaign.ts';

/** A simulated campaign with which forecasts are tested. */
export interface ForecastCase {
  seed: number;
  submissions: number;
  /** Slots of the cheap class; the expensive one has a fifth of them, at least one. */
  slots: number;
  durations: Durations['kind'];
  /** Share that runs out of GPU memory on the cheap class. */
  large: number;
  failing: number;
  probed: boolean;
  disturbance: (typeof disturbances)[number];
}

/** What an operator does during the campaign; only later forecasts count, because earlier ones cannot know it. */
const disturbances = ['none', 'none', 'pause', 'paused-teams', 'more-slots', 'fewer-slots'] as const;

/** A forecast and the actual course of the campaign; `at`: share of the submissions that had ended. */
export interface Check {
  at: number;
  forecast: Forecast | null;
  now: number;
  /** Micro-dollars spent at that time. */
  spent: number;
  truth: { finish: number; spend: number };
}

const choose = <Item>(items: readonly Item[], random: RandomStream): Item => {
  const item = items[Math.floor(random.next() * items.length)];
  if (item === undefined) throw new RangeError('nothing to choose from');
  return item;
};

/** A random case; the same for the same seed. */
export function drawnCase(seed: number, most = 4_200): ForecastCase {
  const random = new RandomStream(seed);
  return {
    seed,
    submissions: Math.min(most, choose([100, 200, 500, 1_000, 2_000, 4_200], random)),
    slots: choose([5, 10, 20, 50, 85, 125], random),
    durations: choose(['constant', 'log-normal', 'bimodal'] as const, random),
    large: choose([0, 0.05, 0.15, 0.3], random),
    failing: choose([0, 0.05, 0.2], random),
    probed: random.next() < 0.8,
    disturbance: choose(disturbances, random),
  };
}

const meanSeconds = 4 * 3600;

/** Simulates the case and makes a forecast whenever one of the shares has been reached. */
export function checksOf(tried: ForecastCase, shares: readonly number[]): Check[] {
  const simulation = simulationOf(tried);
  const { frozen } = simulation;
  const left = [...shares];
  const checks: Omit<Check, 'truth'>[] = [];
  const judgedFrom = Math.max(startsAt, ...(simulation.commands ?? []).map(({ at }) => at));
  const result = simulateCampaign({
    ...simulation,
    watch: (state, now) => {
      const { counts, money } = state;
      const ended = (counts.finished + counts.failed + counts.cancelled) / tried.submissions;
      let at: number | undefined;
      while (left[0] !== undefined && ended >= left[0]) at = left.shift();
      if (at === undefined || now <= judgedFrom) return;
      const forecast = forecastOf(state, frozen.instanceClasses, now, frozen.fairness.perTeamInFlight);
      checks.push({ at, forecast, now, spent: money.spent });
    },
  });
  if (!result.done) throw new Error(`case ${tried.seed} is blocked`);
  const truth = { finish: result.endedAt, spend: result.state.money.spent };
  return checks.map((check) => ({ ...check, truth }));
}

/** The campaign of a case. */
export function simulationOf(tried: ForecastCase): Simulation {
  const { seed, submissions, slots, large, failing, probed } = tried;
  const random = new RandomStream(seed + 1);
  const teams: number[] = [];
  for (let left = submissions; left > 0; left -= teams.at(-1) ?? 0) {
    teams.push(Math.min(left, 1 + Math.floor(3 * random.next())));
  }
  const simulation = virtualCampaign({
    seed,
    teams,
    slots: { cheap: slots, expensive: Math.ceil(slots / 5) },
    meanSeconds,
    durations: durationsOf(tried.durations),
    spread: 0.05,
    large,
    failing,
    probed,
    lossesPerHour: 0.005,
    perTeamInFlight: 2,
  });
  return { ...simulation, commands: commandsOf(tried, teams.length, (submissions * meanSeconds) / slots) };
}

function commandsOf(
  { disturbance, slots }: ForecastCase,
  teams: number,
  length: number,
): NonNullable<Simulation['commands']> {
  const at = (share: number): number => startsAt + Math.round(share * length * 1000);
  const send = (share: number, command: OperatorCommand, team = -1) => ({ at: at(share), command, team });
  const setSlots = (to: number): OperatorCommand => ({ name: 'setSlots', message: { class: 'cheap', slots: to } });
  switch (disturbance) {
    case 'none':
      return [];
    case 'pause':
      return [send(0.15, { name: 'pauseCampaign', message: {} }), send(0.3, { name: 'resumeCampaign', message: {} })];
    case 'paused-teams':
      return Array.from({ length: Math.floor(teams / 5) }, (_, team) => [
        send(0.1, { name: 'pauseTeam', message: { team: `${team}` } }, team),
        send(0.35, { name: 'resumeTeam', message: { team: `${team}` } }, team),
      ]).flat();
    case 'more-slots':
      return [send(0.3, setSlots(Math.ceil(slots * 1.5)))];
    case 'fewer-slots':
      return [send(0.3, setSlots(Math.ceil(slots / 2)))];
  }
}

/** One fixed distribution per kind. */
export function durationsOf(kind: Durations['kind']): Durations {
  if (kind === 'log-normal') return { kind, sigma: 0.7 };
  if (kind === 'bimodal') return { kind, share: 0.2, factor: 8 };
  return { kind };
}
