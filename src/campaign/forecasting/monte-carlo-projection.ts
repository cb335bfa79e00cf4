import type { CampaignFacts } from '../state/campaign-state.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { quantilesOf, type Quantiles } from '../random/quantiles.ts';
import { RandomStream } from '../random/random-stream.ts';
import type { SchedulingPolicy } from './fast-forward.ts';
import { remainingWorkOf } from './remaining-work.ts';
import { Scenario } from './scenario.ts';

/** Finish and final cost of a campaign. */
export interface Projection {
  /** Instants in ms. */
  finish: Quantiles;
  /** Final spend in micro-dollars. */
  spend: Quantiles;
}

/** The inputs of a projection besides the state; `now` in ms. */
export interface ProjectionContext {
  classes: readonly InstanceClass[];
  now: number;
  policy: SchedulingPolicy;
}

const scenarios = 40;
/** The same for every projection, so that two projections differ only by their states. */
const seed = 1;

/** Simulates the rest of the campaign in a number of scenarios; undefined if the entry class has no slots. */
export function projectionOf(
  state: CampaignFacts,
  { classes, now, policy }: ProjectionContext,
): Projection | undefined {
  const work = remainingWorkOf(state, classes, now);
  if ((work.classes[work.entryClass]?.slots ?? 0) === 0) return undefined;
  const random = new RandomStream(seed);
  const results = Array.from({ length: scenarios }, () => new Scenario(work, policy, random).run());
  return {
    finish: quantilesOf(
      results.map(({ seconds }) => now + seconds * 1000),
      'random draws',
      Math.round,
    ),
    spend: quantilesOf(
      results.map(({ microUsd }) => state.money.spent + microUsd),
      'random draws',
      Math.round,
    ),
  };
}
