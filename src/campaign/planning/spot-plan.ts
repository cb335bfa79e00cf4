import { mixPlanOf, type MixPlan, type PlanInput } from './mix-plan.ts';
import { mixesOf, type Mix } from './mixes.ts';
import { assumedSpotShare } from './assumptions.ts';
import { changedClasses } from './what-if.ts';

/** The change of the campaign file that makes on-demand classes Spot, and the resulting plan. */
interface SpotPlan {
  words: string;
  input: PlanInput;
  mix: Mix;
  plan: MixPlan;
}

/**
 * Plans Spot instead of on-demand machines. Undefined if no on-demand class has a price, if money is neither short nor
 * waited for (Spot is not faster), or if lost runs reduce the number of scored submissions.
 */
export function spotPlanOf(input: PlanInput, plan: MixPlan): SpotPlan | undefined {
  const { planned, knowledge, budget } = input;
  const { instanceClasses: rows, limits } = planned.rules;
  if (Math.max(plan.budgetMicroUsd.p90, plan.neverWaitingMicroUsd.p90) <= budget.microUsd) return undefined;
  const instanceClasses = changedClasses(rows, limits, { spotShare: assumedSpotShare });
  const prices = instanceClasses.flatMap(({ name, microUsdPerHour }) => {
    const { purchase, microUsdPerHour: price = 0 } = rows.find((row) => row.name === name) ?? {};
    return purchase === 'spot' || price === 0 ? [] : [`${microUsdPerHour / 1e6} for ${name}`];
  });
  const asSpot = { ...input, planned: { ...planned, rules: { ...planned.rules, instanceClasses } } };
  const [mix] = mixesOf(asSpot.planned.rules, knowledge);
  if (prices.length === 0 || mix === undefined) return undefined;
  const spotPlan = mixPlanOf(asSpot, mix);
  const scoresFewer = spotPlan.scored.p10 < plan.scored.p10 || spotPlan.scored.p50 < plan.scored.p50;
  if (scoresFewer) return undefined;
  const words = `purchase: spot in the file, with usdPerHour: ${prices.join(', ')}`;
  return { words, input: asSpot, mix, plan: spotPlan };
}
