import { byName } from './by-name.ts';
import {
  heldSlots,
  reservedMicroUsd,
  type CampaignState,
  type TeamState,
  type WaitingRequest,
} from './campaign-state.ts';
import type { RunOption } from './class-choice.ts';
import type { RunGrant, RunRefusal } from './protocol.ts';

/**
 * Who is started next and who gets the next grant: round-robin over teams by weight, the cheapest class that fits, a hard cap on
 * money. Deterministic. Pure.
 */

export interface SchedulerLimits {
  /** Children before their first request for an evaluation; those that wait for a paused team do not count. */
  preparing: number;
  /** Children whose workflow has not ended. */
  open: number;
  /** Open children of one team. */
  perTeam: number;
}

export type Decision =
  ({ kind: 'grant' } & RunGrant) | ({ kind: 'refuse' } & RunRefusal) | { kind: 'start'; team: string; index: number };

/**
 * Everything that can be done now, and marks it as done in the state. `now` in ms. Past the deadline, out of money or
 * paused, it decides nothing and what waits goes on waiting.
 */
export function decide(state: CampaignState, limits: SchedulerLimits, now: number): Decision[] {
  if (state.closing) return refuseWaiting(state);
  if (state.paused || now >= Date.parse(state.deadline)) return [];
  return [...grants(state, now), ...starts(state, limits)];
}

/** The option can be granted, now or later: its class has slots and its worst case fits into what is not spent. */
export const isWithinReach = (state: CampaignState, option: RunOption): boolean =>
  (state.slots[option.class] ?? 0) > 0 && state.money.spent + option.worst <= state.money.budget;

function refuseWaiting(state: CampaignState): Decision[] {
  const reason = state.closing ?? 'cancelled';
  return waitingRequests(state).map(({ submission, request }) => {
    const open = state.open[submission];
    if (open) {
      delete open.request;
      open.answered = { n: request.n, refused: reason };
    }
    return { kind: 'refuse', submission, n: request.n, reason };
  });
}

function grants(state: CampaignState, now: number): Decision[] {
  const decisions: Decision[] = [];
  const held = heldSlots(state);
  let committed = state.money.spent + reservedMicroUsd(state);
  for (const { submission, team, request } of inGrantOrder(state)) {
    const teamState = state.teams[team];
    const open = state.open[submission];
    if (!open || teamState?.paused) continue;
    const option = request.options.find(
      (candidate) => isWithinReach(state, candidate) && (state.shortUntil[candidate.class] ?? 0) <= now,
    );
    if (option === undefined) continue;
    if ((held[option.class] ?? 0) >= (state.slots[option.class] ?? 0)) continue;
    if (committed + option.worst > state.money.budget) continue;
    committed += option.worst;
    held[option.class] = (held[option.class] ?? 0) + 1;
    delete open.request;
    open.grant = { n: request.n, purpose: request.purpose, class: option.class, reserved: option.worst };
    open.answered = { n: request.n, class: option.class, reserved: option.worst };
    decisions.push({ kind: 'grant', submission, n: request.n, class: option.class, reserved: option.worst });
  }
  return decisions;
}

function starts(state: CampaignState, limits: SchedulerLimits): Decision[] {
  const decisions: Decision[] = [];
  const openNow = Object.values(state.open);
  let preparing = openNow.filter(
    ({ preparing, request, team }) => preparing && !(request && state.teams[team]?.paused),
  ).length;
  let open = openNow.length;
  const openOf = countBy(openNow.map(({ team }) => team));
  const teams = Object.entries(state.teams);
  while (preparing < limits.preparing && open < limits.open) {
    const found = nextTeam(teams, (name) => (openOf[name] ?? 0) < limits.perTeam);
    if (found === undefined) break;
    const [team, teamState] = found;
    decisions.push({ kind: 'start', team, index: teamState.next });
    teamState.next += 1;
    openOf[team] = (openOf[team] ?? 0) + 1;
    preparing += 1;
    open += 1;
  }
  return decisions;
}

/**
 * First by priority, then the team with the fewest submissions started for its weight, then the order of the hand-in (but
 * ids that are whole numbers come first: so JavaScript orders keys).
 */
function nextTeam(teams: [string, TeamState][], hasRoom: (team: string) => boolean): [string, TeamState] | undefined {
  let best: [string, TeamState] | undefined;
  for (const candidate of teams) {
    const [name, { submissions, next, paused }] = candidate;
    if (paused || next >= submissions || !hasRoom(name)) continue;
    if (best === undefined || isBefore(candidate[1], best[1])) best = candidate;
  }
  return best;
}

const isBefore = (a: TeamState, b: TeamState): boolean =>
  a.priority < b.priority || (a.priority === b.priority && a.next / a.weight < b.next / b.weight);

interface Waiting {
  submission: string;
  team: string;
  request: WaitingRequest;
}

const waitingRequests = (state: CampaignState): Waiting[] =>
  Object.entries(state.open).flatMap(([submission, { team, request }]) =>
    request ? [{ submission, team, request }] : [],
  );

/**
 * By team priority; then, while few evaluations wait for the class, probes before evaluations, so that a class never
 * idles for want of known submissions; then who waited longest.
 */
function inGrantOrder(state: CampaignState): Waiting[] {
  const waiting = waitingRequests(state);
  const evaluations = countBy(
    waiting.filter(({ request }) => request.purpose === 'evaluation').map(({ request }) => firstClass(request)),
  );
  const late = ({ request }: Waiting): number => {
    const many = (evaluations[firstClass(request)] ?? 0) > (state.slots[firstClass(request)] ?? 0);
    return (request.purpose === 'probe') === many ? 1 : 0;
  };
  const priority = ({ team }: Waiting): number => state.teams[team]?.priority ?? Infinity;
  return waiting.sort((a, b) => priority(a) - priority(b) || late(a) - late(b) || a.request.ticket - b.request.ticket);
}

const firstClass = (request: WaitingRequest): string => request.options[0]?.class ?? '';

function countBy(names: string[]): Record<string, number> {
  const counts = byName<number>();
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
