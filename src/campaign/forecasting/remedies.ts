import type { CampaignState } from '../campaign-state.ts';
import { outlookOf, type Outlook, type Prospect } from './outlook.ts';

const hour = 3_600_000;
/** A class is not asked for more than so many times its slots. */
const mostTimes = 4;
/** How many numbers of slots are tried, and how far one is above the last. */
const tries = 4;
const leastStep = 1.15;
/** A class that leaves so much of the miss after two numbers of slots is not what the campaign waits for. */
const hopeless = 0.9;

/**
 * What would mend a miss of deadline or budget that is likelier than one in ten even in a hurry, as words of the command
 * line, cheapest first. `outlook`: that of this prospect. Pure.
 */
export function remediesOf(state: CampaignState, prospect: Prospect, outlook: Outlook): string[] {
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

/** As many times the slots as the end is too far away, and more until that does. */
function enoughSlots(state: CampaignState, prospect: Prospect, onClass: string, finish: number): number | undefined {
  const left = Date.parse(state.deadline) - prospect.now;
  const late = finish - prospect.now - left;
  const has = state.slots[onClass] ?? 0;
  let slots = Math.ceil(has * (1 + late / left));
  for (let attempt = 0; attempt < tries && slots > 0 && slots <= mostTimes * has; attempt += 1) {
    const widened = outlookOf({ ...state, slots: { ...state.slots, [onClass]: slots } }, prospect);
    const still = widened ? widened.finish.p90 - prospect.now - left : late;
    if (still <= 0) return slots;
    if (attempt > 0 && still > late * hopeless) return undefined;
    slots = Math.ceil(slots * Math.max(leastStep, 1 + still / left));
  }
  return undefined;
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
