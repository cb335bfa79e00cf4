import { heldSlots, reservedMicroUsd, type CampaignState, type WaitingRequest } from './campaign-state.ts';
import type { RunGrant, RunRefusal } from './protocol.ts';

/**
 * Who is started next and who gets the next grant: round-robin over teams, the cheapest class that fits, a hard cap on
 * money. Deterministic. Pure.
 */

export interface SchedulerLimits {
  /** Children before their first request for an evaluation. */
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
    const option = request.options.find((candidate) => (state.shortUntil[candidate.class] ?? 0) <= now);
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
  let preparing = openNow.filter((open) => open.preparing).length;
  let open = openNow.length;
  const openOf = countBy(openNow.map(({ team }) => team));
  while (preparing < limits.preparing && open < limits.open) {
    const team = nextTeam(state, (name) => (openOf[name] ?? 0) < limits.perTeam);
    if (team === undefined) break;
    const teamState = state.teams[team];
    if (teamState === undefined) break;
    decisions.push({ kind: 'start', team, index: teamState.next });
    teamState.next += 1;
    openOf[team] = (openOf[team] ?? 0) + 1;
    preparing += 1;
    open += 1;
  }
  return decisions;
}

/** First by priority, then the team with the fewest submissions started, then the order of the hand-in. */
function nextTeam(state: CampaignState, hasRoom: (team: string) => boolean): string | undefined {
  let best: { name: string; priority: number; next: number } | undefined;
  for (const [name, { submissions, next, priority, paused }] of Object.entries(state.teams)) {
    if (paused || next >= submissions || !hasRoom(name)) continue;
    const better = !best || priority < best.priority || (priority === best.priority && next < best.next);
    if (better) best = { name, priority, next };
  }
  return best?.name;
}

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
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
