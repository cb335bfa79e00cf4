import type { InstanceClass } from '../frozen-campaign.ts';
import { percent } from '../units.ts';
import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import { mixesOf, type Mix } from './mixes.ts';
import { moreSlots, type Widened } from './more-slots.ts';
import { assumedSpotShare, changedClasses } from './what-if.ts';

/** A change that makes a plan meet both budget and deadline in nine of ten futures. */
export interface Mending {
  /** What the campaign file would have to say. */
  words: string[];
  /** Money beyond the budget as it is, and what the campaign then costs in nine of ten futures at most; micro-dollars. */
  beyondBudgetMicroUsd: number;
  costMicroUsd: number;
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
export function mendingsOf(question: Question, first: PlannedMix, others: readonly PlannedMix[]): Mending[] {
  const instead = others
    .filter((other) => carriesAsMuch(question, first, other))
    .flatMap((other) => after(onlyWords(other.mix), fixesOf(question, other)));
  return [...fixesOf(question, first), ...instead, ...spotFixesOf(question, first)]
    .sort((a, b) => a.beyondBudgetMicroUsd - b.beyondBudgetMicroUsd || a.costMicroUsd - b.costMicroUsd)
    .slice(0, mostMendings);
}

/** The mendings of a plan that another change has to come before. */
const after = (change: string[], mendings: readonly Mending[]): Mending[] =>
  mendings.map(({ words, ...rest }) => ({ words: [...change, ...words], ...rest }));

const onlyWords = ({ classes }: Mix): string[] => classes.map(({ name }) => `only ${name} in the file`);

/** Where the budget is short: Spot machines in the place of those on demand. They are no faster, so time is no reason. */
function spotFixesOf(question: Question, { mix, plan: { budgetMicroUsd, scored } }: PlannedMix): Mending[] {
  const { planned, knowledge, budget } = question;
  const onDemand = mix.classes.filter(({ purchase }) => purchase === 'on-demand').map(({ name }) => name);
  if (budgetMicroUsd.p90 <= budget.microUsd || onDemand.length === 0) return [];
  const { instanceClasses, limits } = planned.rules;
  const spot = changedClasses(instanceClasses, limits, { spotShare: assumedSpotShare });
  const asSpot = { ...question, planned: { ...planned, rules: { ...planned.rules, instanceClasses: spot } } };
  const [spotMix] = mixesOf(asSpot.planned.rules, knowledge);
  if (spotMix === undefined) return [];
  const plan = mixPlanOf(asSpot, spotMix);
  if (plan.scored.p50 < scored.p50) return [];
  const price = `${percent(assumedSpotShare)} of its price or less`;
  return after(
    [`purchase: spot for ${onDemand.join(', ')} in the file, where Spot costs ${price}`],
    fixesOf(asSpot, { mix: spotMix, plan }),
  );
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
function fixesOf(question: Question, { mix, plan }: PlannedMix): Mending[] {
  const { deadlineSeconds, budget } = question;
  const fix = (words: string[], { words: more, beyondBudgetMicroUsd }: Money): Mending => ({
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
