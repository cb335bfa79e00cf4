import TinyQueue from 'tinyqueue';
import { treatmentOf, type CampaignState } from '../state/campaign-state.ts';
import type { Usage } from './usage.ts';

/** Submissions before their first request for an evaluation, at most. */
const mostPreparing = 200;
/** Submissions whose workflow has not ended, at most. */
export const mostOpen = 1_500;

/** How much a campaign may have under way at a time. */
export interface StartLimits {
  /** Submissions before their first request for an evaluation; those that wait for a paused team do not count. */
  preparing: number;
  /** Submissions whose workflow has not ended. */
  open: number;
  /** Open submissions of one team. */
  perTeam: number;
}

/** How much a campaign has under way at a time, by the slots it has now. */
export function limitsOf(state: CampaignState, perTeam: number): StartLimits {
  const slots = Object.values(state.slots).reduce((sum, count) => sum + count, 0);
  return { preparing: Math.min(slots, mostPreparing), open: mostOpen, perTeam };
}

/** The next round of a team; `index` counts the team's rounds over all work lists. */
export interface Start {
  kind: 'start';
  team: number;
  index: number;
}

interface Candidate {
  team: number;
  priority: number;
  /** Rounds started for its weight. */
  served: number;
  weight: number;
}

/**
 * Who starts next, marked as started: first by priority, then the team with the fewest rounds started for its weight, then
 * the order of the work list, which is the published seed's. So every team's first submission comes before any team's
 * second, unless an operator put a team ahead. None while images cannot be copied. Pure.
 */
export function starts(state: CampaignState, limits: StartLimits, tally: Usage): Start[] {
  if (state.faults.images?.heldSince !== undefined) return [];
  let places = Math.min(limits.preparing - tally.preparing, limits.open - tally.open);
  if (places <= 0) return [];
  const queue = new TinyQueue(candidates(state, limits, tally, places), inOrder);
  const decided: Start[] = [];
  for (; places > 0; places -= 1) {
    const next = queue.pop();
    if (next === undefined) break;
    const { team } = next;
    const index = state.started[team] ?? 0;
    decided.push({ kind: 'start', team, index });
    state.started[team] = index + 1;
    tally.openOf[team] = (tally.openOf[team] ?? 0) + 1;
    if (mayStart(state, limits, tally, team)) queue.push({ ...next, served: (index + 1) / next.weight });
  }
  return decided;
}

/** The teams that come first: more of them than there are places cannot come to a start. */
function candidates(state: CampaignState, limits: StartLimits, tally: Usage, places: number): Candidate[] {
  const lastFirst = new TinyQueue<Candidate>([], (a, b) => inOrder(b, a));
  for (let team = 0; team < state.rounds.length; team += 1) {
    if (!mayStart(state, limits, tally, team)) continue;
    const { priority, weight, paused } = treatmentOf(state, team);
    if (paused) continue;
    const candidate = { team, priority, weight, served: (state.started[team] ?? 0) / weight };
    const last = lastFirst.length < places ? undefined : lastFirst.peek();
    if (last && inOrder(last, candidate) < 0) continue;
    if (last) lastFirst.pop();
    lastFirst.push(candidate);
  }
  return lastFirst.data;
}

const mayStart = (state: CampaignState, limits: StartLimits, tally: Usage, team: number): boolean =>
  (state.started[team] ?? 0) < (state.rounds[team] ?? 0) && (tally.openOf[team] ?? 0) < limits.perTeam;

const inOrder = (a: Candidate, b: Candidate): number =>
  a.priority - b.priority || a.served - b.served || a.team - b.team;
