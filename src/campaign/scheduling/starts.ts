import TinyQueue from 'tinyqueue';
import type { CampaignState } from '../state/campaign-state.ts';
import { treatmentOf } from '../state/team-settings.ts';
import type { Usage } from './usage.ts';

/** Submissions before their first request for an evaluation, and rounds that start at a time, at most. */
export const mostPreparing = 200;
/** Submissions whose workflow has not ended, at most. */
export const mostOpen = 1_500;

/** How many submissions of a campaign may be open at a time. */
export interface StartLimits {
  /** Before their first request for an evaluation; submissions that wait for a paused team do not count. */
  preparing: number;
  open: number;
  perTeam: number;
  /** Runs at a time on a class on which no run has worked yet, less the platform faults there; absent: no limit. */
  unproven?: number;
  /** A class gets no run before its canary has opened it. */
  needCanaries?: true;
  /**
   * No request is passed over more than twenty times, also not one that waits for its canary or that is last in order.
   * `canaryCosts`: the highest cost of a canary by class, in micro-dollars. Absent in campaigns from before this rule.
   */
  inTurn?: { canaryCosts: Readonly<Record<string, number>> };
  /** Rounds that only score start in any case. Absent in campaigns from before this rule. */
  rescores?: true;
}

/** The limits that concern grants. */
export type GrantLimits = Pick<StartLimits, 'unproven' | 'needCanaries' | 'inTurn'>;

/** The limits for the slots that a campaign has now. */
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
  /** Rounds started, divided by the team's weight. */
  served: number;
  weight: number;
}

/**
 * Starts rounds: by priority, then the team with the fewest rounds started for its weight, then the order of the work list,
 * which follows from the published seed. So every team's first submission comes before any team's second, unless an operator
 * put a team ahead. Starts none while images cannot be copied.
 */
export function starts(state: CampaignState, limits: StartLimits, usage: Usage): Start[] {
  if (state.faults.areImagesBlocked()) return [];
  const places = Math.min(limits.preparing - usage.preparing, limits.open - usage.open);
  const mayStart: MayStart = (team) => state.roundsLeft(team) > 0 && (usage.openByTeam[team] ?? 0) < limits.perTeam;
  return startsWithin(places, state, usage, mayStart);
}

/**
 * Starts the rounds that only score and are their team's next. They need neither money, slot nor image and end within seconds, so
 * that neither the deadline nor a lack of these holds them, nor the number of their team's open submissions.
 */
export function rescores(state: CampaignState, limits: StartLimits, usage: Usage): Start[] {
  if (state.rescores.size === 0) return [];
  const places = Math.min(mostPreparing, limits.open - usage.open);
  return startsWithin(places, state, usage, (team) => state.roundsLeft(team) > 0 && state.isNextRescore(team));
}

/** Whether a team's next round may start. */
type MayStart = (team: number) => boolean;

function startsWithin(most: number, state: CampaignState, usage: Usage, mayStart: MayStart): Start[] {
  let places = most;
  if (places <= 0) return [];
  const queue = new TinyQueue(candidates(state, places, mayStart), inOrder);
  const decided: Start[] = [];
  for (; places > 0; places -= 1) {
    const next = queue.pop();
    if (next === undefined) break;
    const { team } = next;
    const index = state.takeNextRound(team);
    decided.push({ kind: 'start', team, index });
    usage.open += 1;
    usage.openByTeam[team] = (usage.openByTeam[team] ?? 0) + 1;
    if (mayStart(team)) queue.push({ ...next, served: (index + 1) / next.weight });
  }
  return decided;
}

/** The first teams in order, one per place: further teams cannot start anything. */
function candidates(state: CampaignState, places: number, mayStart: MayStart): Candidate[] {
  const lastFirst = new TinyQueue<Candidate>([], (a, b) => inOrder(b, a));
  for (let team = 0; team < state.rounds.length; team += 1) {
    if (!mayStart(team)) continue;
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

const inOrder = (a: Candidate, b: Candidate): number =>
  a.priority - b.priority || a.served - b.served || a.team - b.team;
