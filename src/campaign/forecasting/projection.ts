import type { CampaignState } from '../state/campaign-state.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { quantilesOf, type Quantiles } from '../random/quantiles.ts';
import { RandomStream } from '../random/random-stream.ts';
import { fastForward, type SchedulingPolicy } from './fast-forward.ts';
import { ParameterSample } from './parameter-sample.ts';
import { remainingWorkOf, type RemainingWork } from './remaining-work.ts';
import { Scenario, type ScenarioResult } from './scenario.ts';

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
  state: CampaignState,
  { classes, now, policy }: ProjectionContext,
): Projection | undefined {
  const work = remainingWorkOf(state, classes, now);
  if ((work.classes[work.entryClass]?.slots ?? 0) === 0) return undefined;
  const random = new RandomStream(seed);
  const results = Array.from({ length: scenarios }, () => scenarioResult(work, policy, random));
  return {
    finish: wholeQuantiles(results.map(({ seconds }) => now + seconds * 1000)),
    spend: wholeQuantiles(results.map(({ microUsd }) => state.money.spent + microUsd)),
  };
}

function scenarioResult(work: RemainingWork, policy: SchedulingPolicy, random: RandomStream): ScenarioResult {
  const sample = new ParameterSample(work, random);
  return new Scenario(work, sample, policy, fastForward(work, sample, policy, random), random).run();
}

function wholeQuantiles(drawn: readonly number[]): Quantiles {
  const { p10, p50, p90 } = quantilesOf(drawn, 'random draws');
  return { p10: Math.round(p10), p50: Math.round(p50), p90: Math.round(p90) };
}
