import TinyQueue from 'tinyqueue';
import { byName } from '../model/by-name.ts';
import { treatmentOf, type CampaignState } from '../state/campaign-state.ts';
import { measuredSeconds } from '../evaluation/class-choice.ts';
import { AvailableBudget } from './available-budget.ts';
import { EligibleOptions } from './eligible-options.ts';
import { ClassCostModel } from '../state/class-cost-model.ts';
import { trialPlaces } from '../state/platform-faults.ts';
import type { RunGrant, HeldGrant } from '../model/messages.ts';
import { StarvationGuard } from './starvation-guard.ts';
import { countGrant, type Usage, type Waiting } from './usage.ts';
import type { RunOption } from '../model/run-option.ts';

interface Candidate extends Waiting {
  option: RunOption;
  priority: number;
  weight: number;
  /** Runs its team has under way, for the team's weight. */
  share: number;
  late: boolean;
}

/**
 * Who may run now, marked as granted: first by priority, then the team with the fewest runs under way for its weight, then
 * probes while few evaluations wait for the class, then who waited longest. Where each wants to go is settled anew by what
 * has ended since. The tally counts them. Pure; `now` in ms.
 */
export function grants(state: CampaignState, tally: Usage, now: number): RunGrant[] {
  const free = freeSlots(state, tally);
  let places = Object.values(free).reduce((sum, left) => sum + left, 0);
  if (places === 0) return [];
  settleWishes(state, tally);
  const found = candidates(state, tally, free, new EligibleOptions(state, now));
  const leastWorst = found.reduce((least, { option }) => Math.min(least, option.worst), Infinity);
  const queue = new TinyQueue(found, inOrder);
  const purse = new AvailableBudget(state, tally);
  const savings = new StarvationGuard(purse, free);
  const granted: RunGrant[] = [];
  for (let next = queue.pop(); next !== undefined && places > 0; next = queue.pop()) {
    if (!purse.holds(leastWorst, true)) break;
    const share = (tally.heldOf[next.open.team] ?? 0) / next.weight;
    if (share !== next.share) {
      queue.push({ ...next, share });
      continue;
    }
    const { option, request } = next;
    if ((free[option.class] ?? 0) === 0) continue;
    if (!purse.holds(option.worst, request.rerun)) {
      savings.add(request, option);
      continue;
    }
    purse.take(option.worst, request.rerun);
    free[option.class] = (free[option.class] ?? 0) - 1;
    places -= 1;
    granted.push(grantTo(tally, next, option, now));
    savings.passOver();
  }
  return granted;
}

function settleWishes(state: CampaignState, { waiting }: Usage): void {
  const experience = new ClassCostModel(state);
  for (const { request } of waiting) {
    request.options = experience.preferred(request.options, request.needMeasured ?? false);
  }
}

/** Slots that may be given now, by class; classes without any are left out. One that is tried again gives one at a time. */
export function freeSlots(state: CampaignState, tally: Usage): Record<string, number> {
  const free = byName<number>();
  for (const [name, slots] of Object.entries(state.slots)) {
    const left = Math.min(slots - (tally.held[name] ?? 0), trialPlaces(state, name) ?? Infinity);
    if (left > 0) free[name] = left;
  }
  return free;
}

function candidates(
  state: CampaignState,
  tally: Usage,
  free: Record<string, number>,
  reach: EligibleOptions,
): Candidate[] {
  const evaluations = byName<number>();
  const found: Candidate[] = [];
  for (const waiting of tally.waiting) {
    const option = reach.preferred(waiting.request);
    if (option === undefined) continue;
    if (waiting.request.purpose === 'evaluation') evaluations[option.class] = (evaluations[option.class] ?? 0) + 1;
    if (free[option.class] === undefined) continue;
    const { priority, weight } = treatmentOf(state, waiting.open.team);
    const share = (tally.heldOf[waiting.open.team] ?? 0) / weight;
    const { submission, open, request } = waiting;
    found.push({ submission, open, request, option, priority, weight, share, late: false });
  }
  // Many evaluations wait already: one more that gets to know its needs would not keep the class busier.
  const many = (onClass: string): boolean => (evaluations[onClass] ?? 0) > (state.slots[onClass] ?? 0);
  for (const candidate of found)
    candidate.late = (candidate.request.purpose === 'probe') === many(candidate.option.class);
  return found;
}

const inOrder = (a: Candidate, b: Candidate): number =>
  a.priority - b.priority ||
  a.share - b.share ||
  Number(a.late) - Number(b.late) ||
  a.request.ticket - b.request.ticket;

/** Marks a waiting request as granted, and counts it. */
export function grantTo(
  tally: Usage,
  { submission, open, request }: Waiting,
  option: RunOption,
  now: number,
): RunGrant {
  const { n, purpose, rerun, needMeasured } = request;
  delete open.request;
  const expectedSeconds = purpose === 'evaluation' ? measuredSeconds(option) : undefined;
  const grant: HeldGrant = {
    n,
    purpose,
    rerun,
    class: option.class,
    reserved: option.worst,
    since: now,
    ...(expectedSeconds !== undefined && { expectedSeconds }),
    ...(needMeasured && { needMeasured }),
  };
  open.grant = grant;
  countGrant(tally, open.team, grant);
  return { submission, n, class: option.class, reserved: option.worst };
}
