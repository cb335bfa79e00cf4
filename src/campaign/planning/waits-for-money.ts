import { dollars } from '../model/money.ts';
import type { PlannedBudget } from './course.ts';
import type { MixPlan } from './mix-plan.ts';

/** A note on the budget with which every run starts as soon as its slot is free, if the budget is only just sufficient. */
export function waitsForMoney(
  { budgetMicroUsd, neverWaitingMicroUsd }: MixPlan,
  { microUsd }: PlannedBudget,
): string[] {
  if (budgetMicroUsd.p50 > microUsd || neverWaitingMicroUsd.p50 <= microUsd) return [];
  return [
    'every run reserves its worst case until it ends, so slots stay idle and the campaign ends later, as planned here; ' +
      `with a budget of at least ${dollars(neverWaitingMicroUsd.p50)}, no run waits for money`,
  ];
}
