import type { CampaignFacts } from '../state/campaign-state.ts';
import { smallestSufficientFactor } from './smallest-sufficient-factor.ts';
import { projectionOf, type Projection, type ProjectionContext } from './monte-carlo-projection.ts';

const hour = 3_600_000;
/** Upper limit of the factor by which a fix raises the slots of a class. */
const maxFactor = 4;

/**
 * Commands that would prevent a miss of the deadline or the budget that is likelier than one in ten even with expedited
 * grants, cheapest first. `projection`: the one of this context.
 */
export function forecastFixes(state: CampaignFacts, context: ProjectionContext, projection: Projection): string[] {
  const late = projection.finish.p90 > Date.parse(state.deadline);
  const needed = neededBudget(state, projection.spend.p90);
  return [
    ...(late ? [...moreSlots(state, context, projection), `set-deadline --at ${nextHour(projection.finish.p90)}`] : []),
    ...(needed > state.money.budget ? [`raise-budget --usd ${Math.ceil(needed / 1_000_000)}`] : []),
  ];
}

/** More machines of the same class cost no more in total. The fewest slots of one class that suffice, if any do. */
function moreSlots(state: CampaignFacts, context: ProjectionContext, { finish }: Projection): string[] {
  for (const { name } of [...context.classes].sort((a, b) => a.microUsdPerHour - b.microUsdPerHour)) {
    const slots = sufficientSlots(state, context, name, finish.p90);
    if (slots !== undefined) return [`set-slots --class ${name} --slots ${slots}`];
  }
  return [];
}

function sufficientSlots(
  state: CampaignFacts,
  context: ProjectionContext,
  className: string,
  finish: number,
): number | undefined {
  const current = state.slots[className] ?? 0;
  if (current === 0) return undefined;
  const slotsWith = (factor: number): number => Math.ceil(current * factor);
  const takesWith = (factor: number): number => {
    const widened = { ...state, slots: { ...state.slots, [className]: slotsWith(factor) } };
    return (projectionOf(widened, context)?.finish.p90 ?? Infinity) - context.now;
  };
  const [takes, left] = [finish - context.now, Date.parse(state.deadline) - context.now];
  const factor = smallestSufficientFactor({ takes, left, most: maxFactor }, takesWith);
  return factor === undefined ? undefined : slotsWith(factor);
}

const nextHour = (instant: number): string =>
  new Date(Math.ceil(instant / hour) * hour).toISOString().replace(':00.000Z', 'Z');

/** The budget under which even the last run can reserve its worst case, and first runs need none of the rerun reserve. */
function neededBudget({ money, open }: CampaignFacts, spend: number): number {
  let worst = 0;
  for (const { request, grant } of open.values()) {
    worst = Math.max(worst, grant?.reserved ?? 0, request?.options[0]?.worst ?? 0);
  }
  const firstRunShare = money.spent > 0 ? 1 - money.reruns / money.spent : 1;
  return Math.max(spend + worst, (spend * firstRunShare + worst) / (1 - money.reserveShare));
}
