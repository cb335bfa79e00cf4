import type { CampaignState } from '../state/campaign-state.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { quantilesOf, type Quantiles } from '../random/quantiles.ts';
import { RandomStream } from '../random/random-stream.ts';
import { ParameterSample } from './parameter-sample.ts';
import { remainingWorkOf, type RemainingWork } from './remaining-work.ts';
import { Scenario } from './scenario.ts';
import { skip, type Manner } from './skip.ts';

export interface Outlook {
  /** Instants in ms. */
  finish: Quantiles;
  /** Final spend in micro-dollars. */
  spend: Quantiles;
}

/** What an outlook is made of besides the state; `now` in ms. */
export interface Prospect {
  classes: readonly InstanceClass[];
  now: number;
  manner: Manner;
}

const scenarios = 40;
/** The same for every outlook, so that two of them differ by their states alone. */
const seed = 1;

/** Lets a number of drawn continuations of the campaign come to their ends; undefined when nothing can begin. Pure. */
export function outlookOf(state: CampaignState, { classes, now, manner }: Prospect): Outlook | undefined {
  const rest = remainingWorkOf(state, classes, now);
  if ((rest.classes[rest.gate]?.slots ?? 0) === 0) return undefined;
  const random = new RandomStream(seed);
  const ends = Array.from({ length: scenarios }, () => continued(rest, manner, random));
  return {
    finish: wholeQuantiles(ends.map(({ seconds }) => now + seconds * 1000)),
    spend: wholeQuantiles(ends.map(({ microUsd }) => state.money.spent + microUsd)),
  };
}

function continued(rest: RemainingWork, manner: Manner, random: RandomStream): { seconds: number; microUsd: number } {
  const belief = new ParameterSample(rest, random);
  return new Scenario(rest, belief, manner, skip(rest, belief, manner, random), random).run();
}

function wholeQuantiles(drawn: readonly number[]): Quantiles {
  const { p10, p50, p90 } = quantilesOf(drawn, 'random draws');
  return { p10: Math.round(p10), p50: Math.round(p50), p90: Math.round(p90) };
}
