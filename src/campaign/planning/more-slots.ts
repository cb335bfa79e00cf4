import type { InstanceClass } from '../model/frozen-campaign.ts';
import { smallestSufficientFactor } from '../forecasting/scale-up.ts';
import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import type { Mix } from './mixes.ts';

/** A class is not asked for more than so many times its slots. */
const mostTimes = 8;

export interface Widened {
  /** By class: what the file would have to say. */
  slots: [string, number][];
  plan: MixPlan;
}

/**
 * More of the same machines cost no more: the fewest of one class with which a mix is done in time, the class that works
 * longest first, or of all together where none alone does. Undefined when that is more than eight times as many. Pure.
 */
export function moreSlots(question: Question, mix: Mix, plan: MixPlan): Widened | undefined {
  const load = (name: string): number => (plan.hoursOn[name] ?? 0) / Math.max(1, plan.slots[name] ?? 0);
  const names = mix.classes.map(({ name }) => name).sort((a, b) => load(b) - load(a));
  const choices = names.length > 1 ? [...names.map((name) => [name]), names] : [names];
  for (const choice of choices) {
    const widened = enoughSlots(question, mix, plan, choice);
    if (widened) return widened;
  }
  return undefined;
}

function enoughSlots(
  question: Question,
  mix: Mix,
  { seconds }: MixPlan,
  names: readonly string[],
): Widened | undefined {
  let plan: MixPlan | undefined;
  const takesWith = (times: number): number => {
    const wider = (row: InstanceClass): InstanceClass =>
      names.includes(row.name) ? { ...row, slots: Math.ceil(row.slots * times) } : row;
    plan = mixPlanOf(question, { ...mix, classes: mix.classes.map(wider) });
    return plan.seconds.p90;
  };
  const times = smallestSufficientFactor(
    { takes: seconds.p90, left: question.deadlineSeconds, most: mostTimes },
    takesWith,
  );
  if (times === undefined || plan === undefined) return undefined;
  const { slots } = plan;
  return { slots: names.map((name) => [name, slots[name] ?? 0]), plan };
}
