import type { InstanceClass } from '../model/frozen-campaign.ts';
import { smallestSufficientFactor } from '../forecasting/smallest-sufficient-factor.ts';
import { mixPlanOf, type MixPlan, type PlanInput } from './mix-plan.ts';
import type { Mix } from './mixes.ts';

/** Upper limit of the factor by which a fix raises the slots of a class. */
const maxFactor = 8;

export interface MoreSlots {
  /** Slots that the file would have to give, by class. */
  slots: [string, number][];
  plan: MixPlan;
}

/**
 * The fewest slots of one class with which a mix meets the deadline, starting with the busiest class; of all classes
 * together if no single one suffices. More machines of the same class cost no more in total. Undefined if more than eight
 * times as many are needed.
 */
export function moreSlots(input: PlanInput, mix: Mix, plan: MixPlan): MoreSlots | undefined {
  const load = (name: string): number => (plan.hoursOn[name] ?? 0) / Math.max(1, plan.slots[name] ?? 0);
  const names = mix.classes.map(({ name }) => name).sort((a, b) => load(b) - load(a));
  const choices = names.length > 1 ? [...names.map((name) => [name]), names] : [names];
  for (const choice of choices) {
    const found = sufficientSlots(input, mix, plan, choice);
    if (found) return found;
  }
  return undefined;
}

function sufficientSlots(
  input: PlanInput,
  mix: Mix,
  { seconds }: MixPlan,
  names: readonly string[],
): MoreSlots | undefined {
  let plan: MixPlan | undefined;
  const takesWith = (factor: number): number => {
    const wider = (row: InstanceClass): InstanceClass =>
      names.includes(row.name) ? { ...row, slots: Math.ceil(row.slots * factor) } : row;
    plan = mixPlanOf(input, { ...mix, classes: mix.classes.map(wider) });
    return plan.seconds.p90;
  };
  const factor = smallestSufficientFactor(
    { takes: seconds.p90, left: input.deadlineSeconds, most: maxFactor },
    takesWith,
  );
  if (factor === undefined || plan === undefined) return undefined;
  const { slots } = plan;
  return { slots: names.map((name) => [name, slots[name] ?? 0]), plan };
}
