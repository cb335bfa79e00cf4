/**
 * `node --import tsx bench/forecast-time.ts`: how long one forecast takes after a quarter of campaigns of 4,200 to 100,000
 * submissions, once with enough time and once with a deadline at risk, which includes the search for fixes.
 */
import { performance } from 'node:perf_hooks';
import type { CampaignState } from '../src/campaign/state/campaign-state.ts';
import { forecastOf } from '../src/campaign/forecasting/forecast.ts';
import { simulateCampaign } from '../test/support/campaigns/simulate-campaign.ts';
import { simulationOf, type ForecastCase } from './support/forecast-cases.ts';
import { keepResult, quantile } from './support/results.ts';

const sizes = [
  { submissions: 4_200, slots: 85 },
  { submissions: 10_000, slots: 2_000 },
  { submissions: 100_000, slots: 680 },
];
const rounds = 40;
const warmUp = 5;

const caseOf = (size: Pick<ForecastCase, 'submissions' | 'slots'>): ForecastCase => ({
  ...size,
  seed: 1,
  durations: 'log-normal',
  large: 0.05,
  failing: 0.05,
  probed: true,
  disturbance: 'none',
});

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

const found = sizes.flatMap((size) => {
  const tried = caseOf(size);
  const { state, endedAt: now } = simulateCampaign({
    ...simulationOf(tried),
    until: ({ counts }) => counts.finished + counts.failed >= size.submissions / 4,
  });
  const [count, slots] = [size.submissions, size.slots].map((many) => many.toLocaleString('en-US'));
  const inTime = timed(tried, state, now);
  const late = { ...state, deadline: new Date(now + (inTime.finish - now) / 2).toISOString() };
  return [
    { what: `${count} submissions, ${slots} slots, enough time`, took: inTime.took },
    {
      what: `${count} submissions, ${slots} slots, a deadline after half the remaining time`,
      took: timed(tried, late, now).took,
    },
  ];
});
keepResult(
  'forecast-time',
  found.map(({ what, took }) => ({
    what: `one forecast, ${what}`,
    found: `p50 ${quantile(took, 0.5).toFixed(0)} ms, worst ${Math.max(...took).toFixed(0)} ms`,
  })),
  found,
);
