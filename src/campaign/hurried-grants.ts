import TinyQueue from 'tinyqueue';
import { treatmentOf, type CampaignState } from './campaign-state.ts';
import type { RunOption } from './class-choice.ts';
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
  if (Object.keys(free).length === 0) return [];
  const purse = new Purse(state, tally);
  const savings = new Savings(purse, free);
  const wanting = tally.waiting.flatMap((waiting) => {
    const preferred = preferredOption(state, waiting.request, now);
    return preferred ? [{ waiting, preferred }] : [];
  });
  for (const { waiting, preferred } of wanting) {
    const { request } = waiting;
    if (isFree(free, preferred) && !purse.holds(preferred.worst, request.rerun)) savings.add(request, preferred);
  }
  // One with a free slot where it would rather go waits for money, not for time.
  const late = wanting.filter(({ preferred }) => !isFree(free, preferred));
  const queue = new TinyQueue(
    late.flatMap((one) => detoursOf(state, one, free, now)),
    inOrder,
  );
  const granted: RunGrant[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { waiting, option } = next;
    const { rerun } = waiting.request;
    if (!isFree(free, option) || waiting.open.grant || !purse.holds(option.worst, rerun)) continue;
    purse.take(option.worst, rerun);
    free[option.class] = (free[option.class] ?? 0) - 1;
    granted.push(grantTo(waiting, option, now));
    savings.passOver();
  }
  return granted;
}

function detoursOf(
  state: CampaignState,
  { waiting, preferred }: { waiting: Waiting; preferred: RunOption },
  free: Record<string, number>,
  now: number,
): Detour[] {
  const { request, open } = waiting;
  const { priority } = treatmentOf(state, open.team);
  return request.options
    .filter((option) => isFree(free, option) && mayGoTo(state, option, request.rerun, now))
    .map((option) => ({
      waiting,
      option,
      priority,
      hoursPerMicroUsd: preferred.hours / Math.max(1, option.expected - preferred.expected),
    }));
}

const inOrder = (a: Detour, b: Detour): number =>
  a.priority - b.priority ||
  b.hoursPerMicroUsd - a.hoursPerMicroUsd ||
  a.waiting.request.ticket - b.waiting.request.ticket;

const isFree = (free: Record<string, number>, option: RunOption): boolean => (free[option.class] ?? 0) > 0;
