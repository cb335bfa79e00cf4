import type { CampaignState } from './campaign-state.ts';
import type { InstanceClass } from './frozen-campaign.ts';

/** When a campaign ends and what it will have cost, if it goes on as it does. Pure. */
export interface Forecast {
  /** Instants in ms. */
  finish: Quantiles;
  /** Final spend in micro-dollars. */
  spend: Quantiles;
  /** What would mend a miss of deadline or budget, cheapest first; empty when none is in sight. */
  remedies: string[];
}

export interface Quantiles {
  p10: number;
  p50: number;
  p90: number;
}

/** Null until enough has ended to say anything. `now` in ms. */
export function forecastOf(_state: CampaignState, _classes: readonly InstanceClass[], _now: number): Forecast | null {
  return null;
}

/** Whether dearer classes should be granted: the deadline would be missed otherwise. */
export const needsHurry = (_state: CampaignState, _forecast: Forecast | null): boolean => false;
