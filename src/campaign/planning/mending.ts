import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import type { Mix } from './mixes.ts';

/** A change that makes a plan meet both budget and deadline in nine of ten futures. */
export interface Mending {
  /** Words of the command line or of the campaign file. */
  words: string[];
  /** Money beyond the budget as it is, and what the campaign then costs in nine of ten futures at most; micro-dollars. */
  beyondBudgetMicroUsd: number;
  costMicroUsd: number;
}

const hour = 3600;
/** A class is not asked for more than so many times its slots. */
const mostTimes = 8;
const tries = 5;

export const isSafe = ({ budgetMicroUsd, seconds }: MixPlan, { budget, deadlineSeconds }: Question): boolean =>
  budgetMicroUsd.p90 <= budget.microUsd && seconds.p90 <= deadlineSeconds;

/** What would mend a plan, cheapest first; empty where nothing needs mending. `others`: the other mixes, planned. Pure. */
export function mendingsOf(question: Question, mix: Mix, plan: MixPlan, others: readonly MixPlan[]): Mending[] {
  if (isSafe(plan, question)) return [];
  const { budget, deadlineSeconds } = question;
  const needed = plan.budgetMicroUsd.p90;
  const money = needed > budget.microUsd ? [`budget: { usd: ${Math.ceil(needed / 1e6)} } in the file`] : [];
  const here = { beyondBudgetMicroUsd: Math.max(0, needed - budget.microUsd), costMicroUsd: plan.costMicroUsd.p90 };
  const found: Mending[] = [];
  if (plan.seconds.p90 > deadlineSeconds) {
    const slots = moreSlots(question, mix, plan);
    if (slots) found.push({ words: [slots, ...money], ...here });
    found.push({ words: [`deadline: ${Math.ceil(plan.seconds.p90 / hour)}h in the file`, ...money], ...here });
  } else found.push({ words: money, ...here });
  for (const other of others) {
    if (!isSafe(other, question)) continue;
    const words = Object.keys(other.slots).map((name) => `--only ${name}`);
    found.push({ words, beyondBudgetMicroUsd: 0, costMicroUsd: other.costMicroUsd.p90 });
  }
  return found.sort((a, b) => a.beyondBudgetMicroUsd - b.beyondBudgetMicroUsd || a.costMicroUsd - b.costMicroUsd);
}

/** More of the same machines cost no more: the fewest of one class, the one that works longest first, that do. */
function moreSlots(question: Question, mix: Mix, { seconds, slots, hoursOn }: MixPlan): string | undefined {
  const times = seconds.p90 / question.deadlineSeconds;
  if (times > mostTimes) return undefined;
  const load = (name: string): number => (hoursOn[name] ?? 0) / (slots[name] ?? 1);
  for (const name of Object.keys(slots).sort((a, b) => load(b) - load(a))) {
    let wanted = Math.ceil((slots[name] ?? 1) * times);
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const classes = mix.classes.map((row) => (row.name === name ? { ...row, slots: wanted } : row));
      if (mixPlanOf(question, { ...mix, classes }).seconds.p90 <= question.deadlineSeconds)
        return `--slots ${name}=${wanted}`;
      wanted = Math.ceil(wanted * 1.15);
    }
  }
  return undefined;
}
