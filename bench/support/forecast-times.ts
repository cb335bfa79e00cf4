import { performance } from 'node:perf_hooks';
import type { CampaignState } from '../../src/campaign/campaign-state.ts';
import { forecastOf } from '../../src/campaign/forecast.ts';
import { simulateCampaign } from '../../src/campaign/simulation/simulated-campaign.ts';
import { simulationOf, type ForecastCase } from './forecast-cases.ts';

const sizes = [
  { submissions: 4_200, slots: 85 },
  { submissions: 100_000, slots: 680 },
];
const rounds = 100;
const warmUp = 10;

const caseOf = (size: Pick<ForecastCase, 'submissions' | 'slots'>): ForecastCase => ({
  ...size,
  seed: 1,
  durations: 'log-normal',
  large: 0.05,
  failing: 0.05,
  probed: true,
  disturbance: 'none',
});

/** Milliseconds that one forecast takes a quarter of the way on: with time enough, and with the deadline too near. */
export function timedForecasts(): { what: string; took: number[] }[] {
  return sizes.flatMap((size) => {
    const tried = caseOf(size);
    const { state, now } = quarterOf(tried);
    const count = size.submissions.toLocaleString('en-US');
    const finish = timed(tried, state, now).finish;
    const late = { ...state, deadline: new Date(now + (finish - now) / 2).toISOString() };
    return [
      { what: `${count} submissions, time enough`, took: timed(tried, state, now).took },
      { what: `${count} submissions, a deadline at half the time left`, took: timed(tried, late, now).took },
    ];
  });
}

function timed(tried: ForecastCase, state: CampaignState, now: number): { took: number[]; finish: number } {
  const { frozen } = simulationOf(tried);
  const took: number[] = [];
  let finish = 0;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const before = performance.now();
    const forecast = forecastOf(state, frozen.instanceClasses, now, frozen.fairness.perTeamInFlight);
    if (round >= warmUp) took.push(performance.now() - before);
    finish = forecast?.finish.p50 ?? now;
  }
  return { took, finish };
}

/** The state when a quarter of the submissions has ended; the rest is closed. */
function quarterOf(tried: ForecastCase): { state: CampaignState; now: number } {
  let quarter: { state: CampaignState; now: number } | undefined;
  simulateCampaign({
    ...simulationOf(tried),
    watch: (state, now) => {
      const { finished, failed } = state.counts;
      if (quarter || finished + failed < tried.submissions / 4) return;
      quarter = { state: structuredClone(state), now };
    },
  });
  if (quarter === undefined) throw new Error('the campaign never came to a quarter');
  return quarter;
}
