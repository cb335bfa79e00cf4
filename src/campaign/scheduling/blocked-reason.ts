import type { CampaignState } from '../state/campaign-state.ts';
import { waitsForImage } from '../state/open-submission.ts';
import { treatmentOf } from '../state/team-settings.ts';
import { isAffordable } from './available-budget.ts';
import { mostOpen } from './starts.ts';
import { isDone } from './is-done.ts';
import { stageOf } from './open-stage.ts';

/**
 * Why a campaign cannot continue by itself. `slots`: operators left no slot on any suitable class; `platform`: the same
 * platform fault ended the last runs, or images cannot be copied.
 */
export type BlockedReason = 'budget' | 'deadline' | 'paused' | 'slots' | 'platform';

/** One reason why a campaign is blocked; an operator has to remove each of them. */
export type Blocker =
  | { hold: 'budget' | 'deadline' | 'slots' }
  /** `teams`: only these, which have rounds left. */
  | { hold: 'paused'; teams?: string[] }
  /** Without a class: images cannot be copied. `since` in ms, if known. */
  | { hold: 'platform'; class?: string; cause: string; since?: number; byCanary?: true };

/** Why a campaign waits for an operator, given that everything was decided; undefined: it continues by itself. `now` in ms. */
export function blockedReasonOf(state: CampaignState, now: number): BlockedReason | undefined {
  if (state.closing || isDone(state)) return undefined;
  for (const open of state.open.values()) if (stageOf(open) !== 'waiting') return undefined;
  if (state.paused) return 'paused';
  if (now >= Date.parse(state.deadline)) return 'deadline';
  return blockerOfWaiting(state);
}

/** Everything that blocks a campaign: it continues once all of it is removed. Empty while it continues by itself. */
export function blockersOf(state: CampaignState, now: number): Blocker[] {
  if (blockedReasonOf(state, now) === undefined) return [];
  const left = blockerOfWaiting(state);
  const teams = pausedTeamsLeft(state);
  return [
    ...(state.paused ? [{ hold: 'paused' } as const] : []),
    ...(teams.length > 0 ? [{ hold: 'paused', teams } as const] : []),
    ...(now >= Date.parse(state.deadline) ? [{ hold: 'deadline' } as const] : []),
    ...platformBlockers(state),
    ...(left === 'budget' || left === 'slots' ? [{ hold: left } as const] : []),
  ];
}

function platformBlockers(state: CampaignState): Blocker[] {
  const classes = Object.keys(state.slots).flatMap((name): Blocker[] => {
    const block = state.faults.blockOf(name);
    return block ? [{ hold: 'platform', class: name, ...block }] : [];
  });
  const { images } = state.faults;
  if (images?.heldSince !== undefined)
    return [...classes, { hold: 'platform', cause: images.cause, since: images.heldSince }];
  const stuck = [...state.open.values()].find(waitsForImage)?.stuck;
  return stuck ? [...classes, { hold: 'platform', cause: stuck.cause, since: stuck.since }] : classes;
}

function pausedTeamsLeft(state: CampaignState): string[] {
  const isOpen = new Set([...state.open.values()].map(({ team }) => team));
  return [...state.treatments].flatMap(([team, { team: name, paused }]) =>
    paused && (isOpen.has(team) || state.roundsLeft(team) > 0) ? [name] : [],
  );
}

/** Why no waiting request can be granted. */
function blockerOfWaiting(state: CampaignState): BlockedReason | undefined {
  let waiting = 0;
  let withSlots = 0;
  let affordableOnes = 0;
  for (const { team, request } of state.open.values()) {
    if (request === undefined || request.usedUp || treatmentOf(state, team).paused) continue;
    waiting += 1;
    const options = request.options.filter((option) => (state.slots[option.class] ?? 0) > 0);
    const affordable = options.filter((option) => isAffordable(state, option, request.rerun));
    if (affordable.some((option) => !state.faults.isBlocked(option.class))) return undefined;
    if (affordable.length > 0) affordableOnes += 1;
    if (options.length > 0) withSlots += 1;
  }
  if (waiting === 0) return blockerOfStarts(state);
  if (affordableOnes > 0) return 'platform';
  return withSlots > 0 ? 'budget' : 'slots';
}

/** Why no further round can start, if no open submission can run. */
function blockerOfStarts(state: CampaignState): BlockedReason | undefined {
  if (state.faults.areImagesBlocked()) return 'platform';
  for (const open of state.open.values()) if (waitsForImage(open)) return 'platform';
  const startable = state.rounds.some((_, team) => state.roundsLeft(team) > 0 && !treatmentOf(state, team).paused);
  // The submissions of paused teams stay open.
  if (!startable || state.open.size >= mostOpen) return 'paused';
  return Object.values(state.slots).some((slots) => slots > 0) ? undefined : 'slots';
}
