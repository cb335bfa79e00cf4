import type { CampaignState } from '../state/campaign-state.ts';
import { smallestSufficientFactor } from './scale-up.ts';
import { outlookOf, type Outlook, type Prospect } from './outlook.ts';

const hour = 3_600_000;
/** A class is not asked for more than so many times its slots. */
const mostTimes = 4;

/**
 * What would mend a miss of deadline or budget that is likelier than one in ten even in a hurry, as words of the command
 * line, cheapest first. `outlook`: that of this prospect. Pure.
 */
export function forecastFixes(state: CampaignState, prospect: Prospect, outlook: Outlook): string[] {
  const late = outlook.finish.p90 > Date.parse(state.deadline);
  const needed = budgetFor(state, outlook.spend.p90);
  return [
    ...(late ? [...moreSlots(state, prospect, outlook), `set-deadline --at ${nextHour(outlook.finish.p90)}`] : []),
    ...(needed > state.money.budget ? [`raise-budget --usd ${Math.ceil(needed / 1_000_000)}`] : []),
  ];
}

/** More of the same machines cost no more: the fewest of one class that do; none when no class alone does. */
function moreSlots(state: CampaignState, prospect: Prospect, { finish }: Outlook): string[] {
  for (const { name } of [...prospect.classes].sort((a, b) => a.microUsdPerHour - b.microUsdPerHour)) {
    const slots = enoughSlots(state, prospect, name, finish.p90);
    if (slots !== undefined) return [`set-slots --class ${name} --slots ${slots}`];
  }
  return [];
}

function enoughSlots(state: CampaignState, prospect: Prospect, onClass: string, finish: number): number | undefined {
  const has = state.slots[onClass] ?? 0;
  if (has === 0) return undefined;
  const slotsAt = (times: number): number => Math.ceil(has * times);
  const takesWith = (times: number): number => {
    const widened = { ...state, slots: { ...state.slots, [onClass]: slotsAt(times) } };
    return (outlookOf(widened, prospect)?.finish.p90 ?? Infinity) - prospect.now;
  };
  const [takes, left] = [finish - prospect.now, Date.parse(state.deadline) - prospect.now];
  const times = smallestSufficientFactor({ takes, left, most: mostTimes }, takesWith);
  return times === undefined ? undefined : slotsAt(times);
}

const nextHour = (instant: number): string =>
  new Date(Math.ceil(instant / hour) * hour).toISOString().replace(':00.000Z', 'Z');

/** The budget with which the last run, too, can reserve its worst case, and first runs get along without the reserve. */
function budgetFor({ money, open }: CampaignState, spend: number): number {
  let worst = 0;
  for (const { request, grant } of open.values()) {
    worst = Math.max(worst, grant?.reserved ?? 0, request?.options[0]?.worst ?? 0);
  }
  const firstRuns = money.spent > 0 ? 1 - money.reruns / money.spent : 1;
  return Math.max(spend + worst, (spend * firstRuns + worst) / (1 - money.reserveShare));
}
