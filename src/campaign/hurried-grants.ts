import { treatmentOf, type CampaignState } from './campaign-state.ts';
import type { RunOption } from './class-choice.ts';
import { freeSlots, grantTo, isWithinReach, preferredOption } from './grants.ts';
import { Purse } from './purse.ts';
import type { RunGrant } from './protocol.ts';
import { tallyOf, type Waiting } from './tally.ts';

interface Detour {
  waiting: Waiting;
  option: RunOption;
  priority: number;
  /** Slot hours that the crowded class is spared for each micro-dollar paid more. */
  hoursPerMicroUsd: number;
}

/**
 * With the deadline in danger: what is left waiting after {@link grants} goes to dearer classes with free slots, by team
 * priority, then where a dollar buys most time. Pure; `now` in ms.
 */
export function hurriedGrants(state: CampaignState, now: number): RunGrant[] {
  const tally = tallyOf(state);
  const free = freeSlots(state, tally);
  const purse = new Purse(state, tally);
  const detours = tally.waiting
    .flatMap((waiting) => detoursOf(state, waiting, free, now))
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        b.hoursPerMicroUsd - a.hoursPerMicroUsd ||
        a.waiting.request.ticket - b.waiting.request.ticket,
    );
  const granted: RunGrant[] = [];
  for (const { waiting, option } of detours) {
    const left = free[option.class] ?? 0;
    const { request } = waiting;
    if (left === 0 || waiting.open.grant || !purse.holds(option.worst, request.rerun)) continue;
    purse.take(option.worst, request.rerun);
    free[option.class] = left - 1;
    granted.push(grantTo(waiting, option, now));
  }
  return granted;
}

function detoursOf(state: CampaignState, waiting: Waiting, free: Record<string, number>, now: number): Detour[] {
  const { request, open } = waiting;
  const preferred = preferredOption(state, request, now);
  // One with a free slot where it would rather go waits for money, not for time.
  if (preferred === undefined || free[preferred.class] !== undefined) return [];
  const { priority } = treatmentOf(state, open.team);
  return request.options
    .filter((option) => free[option.class] !== undefined && isWithinReach(state, option, request.rerun))
    .map((option) => ({
      waiting,
      option,
      priority,
      hoursPerMicroUsd: preferred.hours / Math.max(1, option.expected - preferred.expected),
    }));
}
