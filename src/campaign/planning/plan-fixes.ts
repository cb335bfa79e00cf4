import type { InstanceClass } from '../model/frozen-campaign.ts';
import { mixPlanOf, type MixPlan, type PlanInput } from './mix-plan.ts';
import type { Mix } from './mixes.ts';
import { moreSlots, type MoreSlots } from './more-slots.ts';
import { spotPlanOf } from './spot-plan.ts';

/** A change with which a plan meets both budget and deadline in nine of ten futures. */
export interface PlanFix {
  /** The change of the campaign file. */
  words: string[];
  /** Micro-dollars beyond the current budget, and the P90 of the campaign's cost with the change. */
  beyondBudgetMicroUsd: number;
  costMicroUsd: number;
  /** Machines become Spot, at an assumed price. */
  spot?: true;
}

const hour = 3600;
const maxFixes = 4;

export const meetsLimits = ({ budgetMicroUsd, seconds }: MixPlan, { budget, deadlineSeconds }: PlanInput): boolean =>
  budgetMicroUsd.p90 <= budget.microUsd && seconds.p90 <= deadlineSeconds;

interface PlannedMix {
  mix: Mix;
  plan: MixPlan;
}

/** Fixes for the first plan, which misses a limit, cheapest first. `others`: other mixes. */
export function planFixes(input: PlanInput, first: PlannedMix, others: readonly PlannedMix[]): PlanFix[] {
  const instead = others
    .filter((other) => scoresAsMany(input, first, other))
    .flatMap((other) => withChange(onlyWords(other.mix), fixesOf(input, other)));
  const onDemand = [...fixesOf(input, first), ...instead];
  return [...onDemand, ...spotFixesOf(input, first.plan, onDemand)].sort(byCost).slice(0, maxFixes);
}

const byCost = (a: PlanFix, b: PlanFix): number =>
  a.beyondBudgetMicroUsd - b.beyondBudgetMicroUsd || a.costMicroUsd - b.costMicroUsd;

/** Fixes that require another change first. */
const withChange = (change: readonly string[], fixes: readonly PlanFix[]): PlanFix[] =>
  fixes.map((fix) => ({ ...fix, words: [...change, ...fix.words] }));

const onlyWords = ({ classes }: Mix): string[] => classes.map(({ name }) => `only ${name} in the file`);

/** Fixes with Spot that are cheaper than those on demand. */
function spotFixesOf(input: PlanInput, plan: MixPlan, onDemand: readonly PlanFix[]): PlanFix[] {
  const spot = spotPlanOf(input, plan);
  if (spot === undefined) return [];
  const [cheapest] = onDemand.toSorted(byCost);
  return withChange([spot.words], fixesOf(spot.input, spot))
    .map((fix) => ({ ...fix, spot: true as const }))
    .filter((fix) => cheapest === undefined || byCost(fix, cheapest) < 0);
}

/** Whether a mix would score as many. Without a stated share, a smaller GPU is not assumed to fit all submissions. */
function scoresAsMany({ knowledge, planned }: PlanInput, first: PlannedMix, { mix, plan }: PlannedMix): boolean {
  if (plan.scored.p50 < first.plan.scored.p50) return false;
  const isShareKnown = knowledge.kind === 'pilot' || knowledge.expected.outOfGpuMemoryShare !== undefined;
  return isShareKnown || largestGpu(mix.classes) >= largestGpu(planned.rules.instanceClasses);
}

const largestGpu = (classes: readonly InstanceClass[]): number =>
  Math.max(...classes.map(({ gpuMemoryMiB = 0 }) => gpuMemoryMiB));

/** Fixes of one mix: first a sufficient budget, then more money, more slots or a later deadline. */
function fixesOf(input: PlanInput, { mix, plan }: PlannedMix): PlanFix[] {
  const { deadlineSeconds, budget } = input;
  const fix = (words: string[], { words: more, beyondBudgetMicroUsd }: BudgetChange): PlanFix => ({
    words: [...words, ...more],
    beyondBudgetMicroUsd,
    costMicroUsd: plan.costMicroUsd.p90,
  });
  const sufficient = budgetChangeFor(input, plan.budgetMicroUsd.p90);
  const affordable = sufficient.words.length > 0 ? mixPlanOf(sufficient.input, mix) : plan;
  if (affordable.seconds.p90 <= deadlineSeconds) return [fix([], sufficient)];
  const later = fix([`deadline: ${Math.ceil(affordable.seconds.p90 / hour)}h in the file`], sufficient);
  const ample = budgetChangeFor(input, plan.neverWaitingMicroUsd.p90);
  const runsWait = ample.input.budget.microUsd > sufficient.input.budget.microUsd;
  if (runsWait && mixPlanOf(ample.input, mix).seconds.p90 <= deadlineSeconds) return [fix([], ample), later];
  const widened = moreSlots(sufficient.input, mix, affordable);
  if (widened) return [fix(slotsWords(widened), sufficient), later];
  if (!runsWait) return [later];
  const withoutWaiting = moreSlots({ ...input, budget: { ...budget, microUsd: Infinity } }, mix, plan);
  if (withoutWaiting === undefined) return [later];
  return [fix(slotsWords(withoutWaiting), budgetChangeFor(input, withoutWaiting.plan.neverWaitingMicroUsd.p90)), later];
}

const slotsWords = ({ slots }: MoreSlots): string[] =>
  slots.map(([name, count]) => `slots: ${count} for ${name} in the file`);

interface BudgetChange {
  words: string[];
  beyondBudgetMicroUsd: number;
  input: PlanInput;
}

/** The needed budget in whole dollars; no change if the current one is sufficient. */
function budgetChangeFor(input: PlanInput, needed: number): BudgetChange {
  const { budget } = input;
  if (needed <= budget.microUsd) return { words: [], beyondBudgetMicroUsd: 0, input };
  const usd = Math.ceil(needed / 1e6);
  const microUsd = usd * 1e6;
  return {
    words: [`budget: { usd: ${usd} } in the file`],
    beyondBudgetMicroUsd: microUsd - budget.microUsd,
    input: { ...input, budget: { ...budget, microUsd } },
  };
}
