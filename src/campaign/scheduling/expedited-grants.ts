import TinyQueue from 'tinyqueue';
import { treatmentOf, type CampaignState } from '../state/campaign-state.ts';
import { ClassCostModel } from '../state/class-cost-model.ts';
import { freeSlots, grantTo } from './grants.ts';
import { AvailableBudget } from './available-budget.ts';
import type { RunGrant } from '../model/messages.ts';
import { EligibleOptions } from './eligible-options.ts';
import { StarvationGuard } from './starvation-guard.ts';
import type { Usage, Waiting } from './usage.ts';
import type { RunOption } from '../model/run-option.ts';

interface Wanting {
  waiting: Waiting;
  preferred: RunOption;
}

interface Detour {
  waiting: Waiting;
  option: RunOption;
  priority: number;
  /** Slot hours that the crowded class is spared for each micro-dollar paid more. */
  hoursPerMicroUsd: number;
}

/**
 * With the deadline in danger: what is left waiting after {@link grants} goes to dearer classes with free slots, by team
 * priority, then where a dollar buys most time. The tally counts them. Pure; `now` in ms.
 */
export function expeditedGrants(state: CampaignState, tally: Usage, now: number): RunGrant[] {
  const free = freeSlots(state, tally);
  let places = Object.values(free).reduce((sum, left) => sum + left, 0);
  if (places === 0) return [];
  const purse = new AvailableBudget(state, tally);
  const savings = new StarvationGuard(purse, free);
  const reach = new EligibleOptions(state, now);
  const wanting: Wanting[] = [];
  for (const waiting of tally.waiting) {
    if (waiting.open.grant) continue;
    const preferred = reach.preferred(waiting.request);
    if (preferred) wanting.push({ waiting, preferred });
  }
  for (const { waiting, preferred } of wanting) {
    const { request } = waiting;
    if (isFree(free, preferred) && !purse.holds(preferred.worst, request.rerun)) savings.add(request, preferred);
  }
  // One with a free slot where it would rather go waits for money, not for time.
  const late = wanting.filter(({ preferred }) => !isFree(free, preferred));
  const queue = new TinyQueue(detoursOf(state, late, { free, experience: new ClassCostModel(state), reach }), inOrder);
  const granted: RunGrant[] = [];
  for (let next = queue.pop(); next !== undefined && places > 0; next = queue.pop()) {
    const { waiting, option } = next;
    const { rerun } = waiting.request;
    if (!isFree(free, option) || waiting.open.grant || !purse.holds(option.worst, rerun)) continue;
    purse.take(option.worst, rerun);
    free[option.class] = (free[option.class] ?? 0) - 1;
    places -= 1;
    granted.push(grantTo(tally, waiting, option, now));
    savings.passOver();
  }
  return granted;
}

interface Prospect {
  free: Record<string, number>;
  experience: ClassCostModel;
  reach: EligibleOptions;
}

function detoursOf(state: CampaignState, late: readonly Wanting[], { free, experience, reach }: Prospect): Detour[] {
  const detours: Detour[] = [];
  for (const { waiting, preferred } of late) {
    const { request, open } = waiting;
    const { priority } = treatmentOf(state, open.team);
    const [hours, cost] = [experience.hoursOf(preferred), experience.costOf(preferred)];
    for (const option of request.options) {
      if (!isFree(free, option) || !reach.allows(option, request.rerun)) continue;
      const hoursPerMicroUsd = hours / Math.max(1, experience.costOf(option) - cost);
      detours.push({ waiting, option, priority, hoursPerMicroUsd });
    }
  }
  return detours;
}

const inOrder = (a: Detour, b: Detour): number =>
  a.priority - b.priority ||
  b.hoursPerMicroUsd - a.hoursPerMicroUsd ||
  a.waiting.request.ticket - b.waiting.request.ticket;

const isFree = (free: Record<string, number>, option: RunOption): boolean => (free[option.class] ?? 0) > 0;
