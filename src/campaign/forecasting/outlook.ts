import type { CampaignState } from '../state/campaign-state.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { RandomStream } from '../random/random-stream.ts';
import { ParameterSample } from './parameter-sample.ts';
import { remainingWorkOf, type RemainingWork } from './remaining-work.ts';
import { Scenario } from './scenario.ts';
import { skip, type Manner } from './skip.ts';

export interface Quantiles {
  p10: number;
  p50: number;
  p90: number;
}

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
    finish: quantiles(ends.map(({ seconds }) => now + seconds * 1000)),
    spend: quantiles(ends.map(({ microUsd }) => state.money.spent + microUsd)),
  };
}

function continued(rest: RemainingWork, manner: Manner, random: RandomStream): { seconds: number; microUsd: number } {
  const belief = new ParameterSample(rest, random);
  return new Scenario(rest, belief, manner, skip(rest, belief, manner, random), random).run();
}

function quantiles(drawn: number[]): Quantiles {
  const sorted = drawn.sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length + 1) - 1;
    const below = sorted[Math.floor(place)] ?? 0;
    return Math.round(below + (place % 1) * ((sorted[Math.ceil(place)] ?? below) - below));
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}
