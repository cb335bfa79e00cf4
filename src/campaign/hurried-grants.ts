import { treatmentOf, type CampaignState } from './campaign-state.ts';
import type { RunOption } from './class-choice.ts';
import { Experience } from './experience.ts';
import { freeSlots, grantTo, mayGoTo, preferredOption } from './grants.ts';
import { Purse } from './purse.ts';
import type { RunGrant } from './protocol.ts';
import { Savings } from './savings.ts';
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
  const savings = new Savings(purse, free);
  const experience = new Experience(state);
  for (const { request } of tally.waiting) {
    const option = preferredOption(state, request, now);
    if (option && isFree(free, option) && !purse.holds(option.worst, request.rerun)) savings.add(request, option);
  }
  const detours = tally.waiting
    .flatMap((waiting) => detoursOf(state, waiting, { free, experience, now }))
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        b.hoursPerMicroUsd - a.hoursPerMicroUsd ||
        a.waiting.request.ticket - b.waiting.request.ticket,
    );
  const granted: RunGrant[] = [];
  for (const { waiting, option } of detours) {
    const { rerun } = waiting.request;
    if (!isFree(free, option) || waiting.open.grant || !purse.holds(option.worst, rerun)) continue;
    purse.take(option.worst, rerun);
    free[option.class] = (free[option.class] ?? 0) - 1;
    granted.push(grantTo(waiting, option, now));
    savings.passOver();
  }
  return granted;
}

interface Prospect {
  free: Record<string, number>;
  experience: Experience;
  now: number;
}

function detoursOf(state: CampaignState, waiting: Waiting, { free, experience, now }: Prospect): Detour[] {
  const { request, open } = waiting;
  const preferred = preferredOption(state, request, now);
  // One with a free slot where it would rather go waits for money, not for time.
  if (preferred === undefined || isFree(free, preferred)) return [];
  const { priority } = treatmentOf(state, open.team);
  return request.options
    .filter((option) => isFree(free, option) && mayGoTo(state, option, request.rerun, now))
    .map((option) => ({
      waiting,
      option,
      priority,
      hoursPerMicroUsd:
        experience.hoursOf(preferred) / Math.max(1, experience.costOf(option) - experience.costOf(preferred)),
    }));
}

const isFree = (free: Record<string, number>, option: RunOption): boolean => (free[option.class] ?? 0) > 0;
