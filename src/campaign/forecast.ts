import type { CampaignState } from './campaign-state.ts';
import { Belief } from './forecasting/belief.ts';
import { restOf, type Rest } from './forecasting/rest.ts';
import { Scenario } from './forecasting/scenario.ts';
import { skip, type Manner } from './forecasting/skip.ts';
import type { InstanceClass } from './frozen-campaign.ts';
import { RandomStream } from './random-stream.ts';

/** When a campaign ends and what it will have cost, if neither deadline nor budget stops it and it goes on as it does. Pure. */
export interface Forecast {
  /** Instants in ms. */
  finish: Quantiles;
  /** The finish if nothing goes to a dearer class than it needs; the same as `finish` out of a hurry. */
  finishUnhurried: Quantiles;
  /** Final spend in micro-dollars. */
  spend: Quantiles;
  /** What would mend a miss of deadline or budget, as words of the command line, cheapest first. */
  remedies: string[];
}

export interface Quantiles {
  p10: number;
  p50: number;
  p90: number;
}

/** Before so many evaluations have ended nothing is said. */
const fewestEnds = 5;
const scenarios = 40;

/**
 * Forecast from what ended runs teach, by a number of drawn continuations of what is left; always the same for the same
 * state. Null until enough has ended to say anything, and while nothing can begin. `now` in ms.
 */
export function forecastOf(
  state: CampaignState,
  classes: readonly InstanceClass[],
  now: number,
  perTeam: number,
): Forecast | null {
  const rest = restOf(state, classes, now);
  if (endedEvaluations(state) < fewestEnds || (rest.classes[rest.gate]?.slots ?? 0) === 0) return null;
  const manner = { perTeam, hurry: state.hurry };
  const { finish, spend } = quantilesOf(state, rest, manner, now);
  const finishUnhurried = state.hurry ? quantilesOf(state, rest, { perTeam, hurry: false }, now).finish : finish;
  return { finish, finishUnhurried, spend, remedies: [] };
}

function quantilesOf(
  { money }: CampaignState,
  rest: Rest,
  manner: Manner,
  now: number,
): Pick<Forecast, 'finish' | 'spend'> {
  const random = new RandomStream(1);
  const ends = Array.from({ length: scenarios }, () => {
    const belief = new Belief(rest, random);
    return new Scenario(rest, belief, manner, skip(rest, belief, manner, random), random).run();
  });
  return {
    finish: quantiles(ends.map(({ seconds }) => Math.round(now + seconds * 1000))),
    spend: quantiles(ends.map(({ microUsd }) => Math.round(money.spent + microUsd))),
  };
}

const endedEvaluations = ({ pace }: CampaignState): number =>
  Object.values(pace.byClass)
    .flatMap(({ measured, unmeasured }) => [...Object.values(measured), ...Object.values(unmeasured)])
    .reduce((sum, [count]) => sum + count, 0);

function quantiles(drawn: number[]): Quantiles {
  const sorted = drawn.sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? 0;
    return Math.round(below + (place % 1) * ((sorted[Math.ceil(place)] ?? below) - below));
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

/** Whether dearer classes should be granted: the deadline would be missed otherwise. */
export const needsHurry = (_state: CampaignState, _forecast: Forecast | null): boolean => false;
