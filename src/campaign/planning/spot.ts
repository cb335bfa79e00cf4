import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import { mixesOf, type Mix } from './mixes.ts';
import { assumedSpotShare, changedClasses } from './what-if.ts';

/** What the campaign file would say of a mix's on-demand classes on Spot, and what that comes to. */
export interface SpotMix {
  words: string;
  question: Question;
  mix: Mix;
  plan: MixPlan;
}

/**
 * Spot machines in the place of those on demand. Undefined where nothing is on demand that costs anything, where money is
 * neither short nor waited for (a Spot machine is no faster), and where so many runs are lost that fewer are scored. Pure.
 */
export function spotMixOf(question: Question, plan: MixPlan): SpotMix | undefined {
  const { planned, knowledge, budget } = question;
  const { instanceClasses: rows, limits } = planned.rules;
  if (Math.max(plan.budgetMicroUsd.p90, plan.neverWaitingMicroUsd.p90) <= budget.microUsd) return undefined;
  const instanceClasses = changedClasses(rows, limits, { spotShare: assumedSpotShare });
  const prices = instanceClasses.flatMap(({ name, microUsdPerHour }) => {
    const { purchase, microUsdPerHour: price = 0 } = rows.find((row) => row.name === name) ?? {};
    return purchase === 'spot' || price === 0 ? [] : [`${microUsdPerHour / 1e6} for ${name}`];
  });
  const asSpot = { ...question, planned: { ...planned, rules: { ...planned.rules, instanceClasses } } };
  const [mix] = mixesOf(asSpot.planned.rules, knowledge);
  if (prices.length === 0 || mix === undefined) return undefined;
  const spotPlan = mixPlanOf(asSpot, mix);
  const scoresFewer = spotPlan.scored.p10 < plan.scored.p10 || spotPlan.scored.p50 < plan.scored.p50;
  if (scoresFewer) return undefined;
  const words = `purchase: spot in the file, with usdPerHour: ${prices.join(', ')}`;
  return { words, question: asSpot, mix, plan: spotPlan };
}
