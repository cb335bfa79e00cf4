import type { InstanceClass } from '../frozen-campaign.ts';
import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import type { Mix } from './mixes.ts';

/** A class is not asked for more than so many times its slots. */
const mostTimes = 8;
const tries = 5;
const leastStep = 1.15;
/** Classes that leave so much of the miss after two numbers of slots are not what the campaign waits for. */
const hopeless = 0.9;

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

/** As many times the slots as it takes too long, and more until that does. */
function enoughSlots(
  question: Question,
  mix: Mix,
  { seconds }: MixPlan,
  names: readonly string[],
): Widened | undefined {
  const { deadlineSeconds } = question;
  const late = seconds.p90 - deadlineSeconds;
  let times = seconds.p90 / deadlineSeconds;
  for (let attempt = 0; attempt < tries && times > 0 && times <= mostTimes; attempt += 1) {
    const wider = (row: InstanceClass): InstanceClass =>
      names.includes(row.name) ? { ...row, slots: Math.ceil(row.slots * times) } : row;
    const classes = mix.classes.map(wider);
    const plan = mixPlanOf(question, { ...mix, classes });
    const still = plan.seconds.p90 - deadlineSeconds;
    if (still <= 0) return { slots: names.map((name) => [name, plan.slots[name] ?? 0]), plan };
    if (attempt > 0 && still > late * hopeless) return undefined;
    times *= Math.max(leastStep, 1 + still / deadlineSeconds);
  }
  return undefined;
}
