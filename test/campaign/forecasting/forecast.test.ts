import assert from 'node:assert/strict';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import { forecastOf, type Forecast } from '../../../src/campaign/forecasting/forecast.ts';
import { simulateCampaign } from '../../support/campaigns/simulate-campaign.ts';
import { virtualCampaign, type VirtualShape } from '../../support/campaigns/virtual-campaign.ts';

const shape: VirtualShape = {
  seed: 1,
  teams: Array.from({ length: 60 }, () => 2),
  slots: { cheap: 10, expensive: 2 },
  meanSeconds: 4 * 3600,
  durations: { kind: 'log-normal', sigma: 0.5 },
  spread: 0.05,
  large: 0.1,
  failing: 0.1,
  probed: true,
  lossesPerHour: 0,
  perTeamInFlight: 2,
};

describe('a forecast', () => {
  const simulation = virtualCampaign(shape);
  /** The forecast after a third of the submissions has ended, with a changed state. */
  function forecastWith(change: (state: CampaignState) => void): Forecast {
    const { state, endedAt: now } = simulateCampaign({
      ...simulation,
      until: ({ counts }) => counts.finished + counts.failed >= 40,
    });
    change(state);
    const forecast = forecastOf(state, simulation.frozen.instanceClasses, now, shape.perTeamInFlight);
    assert.ok(forecast);
    return forecast;
  }
  const statisticsOf = (
    { statistics }: CampaignState,
    className: string,
  ): CampaignState['statistics']['byClass'][string] => {
    const found = statistics.byClass[className];
    assert.ok(found);
    return found;
  };

  it('terminates even if the platform loses nearly every run', () => {
    const { finish } = forecastWith((state) => {
      for (const { ran } of Object.values(state.statistics.byClass)) Object.assign(ran, { lost: ran.seconds / 60 });
    });
    assert.ok(Number.isFinite(finish.p90));
  });

  it('gives little weight to one lost run on a class where hardly anything has run', () => {
    const { spend } = forecastWith((state) => {
      Object.assign(statisticsOf(state, 'expensive').ran, { seconds: 600, lost: 1 });
    });
    const before = forecastWith(() => undefined).spend;
    assert.ok(spend.p90 < 1.2 * before.p90, JSON.stringify([before, spend]));
  });
});
