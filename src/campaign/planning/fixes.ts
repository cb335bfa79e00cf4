import type { InstanceClass } from '../model/frozen-campaign.ts';
import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import type { Mix } from './mixes.ts';
import { moreSlots, type Widened } from './more-slots.ts';
import { spotMixOf } from './spot.ts';

/** A change that makes a plan meet both budget and deadline in nine of ten futures. */
export interface PlanFix {
  /** What the campaign file would have to say. */
  words: string[];
  /** Money beyond the budget as it is, and what the campaign then costs in nine of ten futures at most; micro-dollars. */
  beyondBudgetMicroUsd: number;
  costMicroUsd: number;
  /** It takes machines to be Spot that are not, at an assumed price. */
  spot?: true;
}

const hour = 3600;
const mostMendings = 4;

export const isSafe = ({ budgetMicroUsd, seconds }: MixPlan, { budget, deadlineSeconds }: Question): boolean =>
  budgetMicroUsd.p90 <= budget.microUsd && seconds.p90 <= deadlineSeconds;

/** A mix of classes with what it comes to. */
export interface PlannedMix {
  mix: Mix;
  plan: MixPlan;
}

/** What would mend the first plan, which is not safe, cheapest first. `others`: other mixes. Pure. */
export function planFixes(question: Question, first: PlannedMix, others: readonly PlannedMix[]): PlanFix[] {
  const instead = others
    .filter((other) => carriesAsMuch(question, first, other))
    .flatMap((other) => following(onlyWords(other.mix), fixesOf(question, other)));
  const onDemand = [...fixesOf(question, first), ...instead];
  return cheapestFirst([...onDemand, ...spotFixesOf(question, first.plan, onDemand)]).slice(0, mostMendings);
}

const byCost = (a: PlanFix, b: PlanFix): number =>
  a.beyondBudgetMicroUsd - b.beyondBudgetMicroUsd || a.costMicroUsd - b.costMicroUsd;

const cheapestFirst = (mendings: readonly PlanFix[]): PlanFix[] => [...mendings].sort(byCost);

/** Mendings that do only after another change. */
const following = (change: readonly string[], mendings: readonly PlanFix[]): PlanFix[] =>
  mendings.map((mending) => ({ ...mending, words: [...change, ...mending.words] }));

const onlyWords = ({ classes }: Mix): string[] => classes.map(({ name }) => `only ${name} in the file`);

/** Those that are dearer than what does without Spot are left out. */
function spotFixesOf(question: Question, plan: MixPlan, without: readonly PlanFix[]): PlanFix[] {
  const spot = spotMixOf(question, plan);
  if (spot === undefined) return [];
  const [cheapest] = cheapestFirst(without);
  return following([spot.words], fixesOf(spot.question, spot))
    .map((mending) => ({ ...mending, spot: true as const }))
    .filter((mending) => cheapest === undefined || byCost(mending, cheapest) < 0);
}

/** Whether as many would be scored; a smaller device is not known to carry all while nobody has said how many it does. */
function carriesAsMuch({ knowledge, planned }: Question, first: PlannedMix, { mix, plan }: PlannedMix): boolean {
  if (plan.scored.p50 < first.plan.scored.p50) return false;
  const isSaid = knowledge.kind === 'pilot' || knowledge.expected.outOfGpuMemoryShare !== undefined;
  return isSaid || largestDevice(mix.classes) >= largestDevice(planned.rules.instanceClasses);
}

const largestDevice = (classes: readonly InstanceClass[]): number =>
  Math.max(...classes.map(({ gpuMemoryMiB = 0 }) => gpuMemoryMiB));

/** What makes one mix meet both limits: a larger budget where it is short, and then more money, more slots or a later deadline. */
function fixesOf(question: Question, { mix, plan }: PlannedMix): PlanFix[] {
  const { deadlineSeconds, budget } = question;
  const fix = (words: string[], { words: more, beyondBudgetMicroUsd }: Money): PlanFix => ({
    words: [...words, ...more],
    beyondBudgetMicroUsd,
    costMicroUsd: plan.costMicroUsd.p90,
  });
  const enough = moneyFor(question, plan.budgetMicroUsd.p90);
  const within = enough.words.length > 0 ? mixPlanOf(enough.question, mix) : plan;
  if (within.seconds.p90 <= deadlineSeconds) return [fix([], enough)];
  const later = fix([`deadline: ${Math.ceil(within.seconds.p90 / hour)}h in the file`], enough);
  const free = moneyFor(question, plan.neverWaitingMicroUsd.p90);
  const waits = free.question.budget.microUsd > enough.question.budget.microUsd;
  if (waits && mixPlanOf(free.question, mix).seconds.p90 <= deadlineSeconds) return [fix([], free), later];
  const widened = moreSlots(enough.question, mix, within);
  if (widened) return [fix(slotsWords(widened), enough), later];
  if (!waits) return [later];
  const freely = moreSlots({ ...question, budget: { ...budget, microUsd: Infinity } }, mix, plan);
  if (freely === undefined) return [later];
  return [fix(slotsWords(freely), moneyFor(question, freely.plan.neverWaitingMicroUsd.p90)), later];
}

const slotsWords = ({ slots }: Widened): string[] =>
  slots.map(([name, count]) => `slots: ${count} for ${name} in the file`);

interface Money {
  words: string[];
  beyondBudgetMicroUsd: number;
  question: Question;
}

/** A budget of whole dollars that is no less than needed; no words where it is large enough as it is. */
function moneyFor(question: Question, needed: number): Money {
  const { budget } = question;
  if (needed <= budget.microUsd) return { words: [], beyondBudgetMicroUsd: 0, question };
  const usd = Math.ceil(needed / 1e6);
  const microUsd = usd * 1e6;
  return {
    words: [`budget: { usd: ${usd} } in the file`],
    beyondBudgetMicroUsd: microUsd - budget.microUsd,
    question: { ...question, budget: { ...budget, microUsd } },
  };
}
