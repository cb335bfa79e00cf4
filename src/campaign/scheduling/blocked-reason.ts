import { treatmentOf, type CampaignState, type OpenSubmission } from '../state/campaign-state.ts';
import { isClassHeld } from '../state/platform-faults.ts';
import { isAffordable } from './available-budget.ts';
import { waitsForImage } from '../state/stuck-steps.ts';
import { mostOpen } from './starts.ts';

/**
 * Why a campaign does not go on by itself; `slots`: operators left no slot on any class that would do; `platform`: the same
 * fault of the platform ended the last runs, or kept images from being copied.
 */
export type BlockedReason = 'budget' | 'deadline' | 'paused' | 'slots' | 'platform';

/** One of the causes of a hold; an operator has to end each of them. */
export type Blocker =
  | { hold: 'budget' | 'deadline' | 'slots' }
  /** `teams`: only these, which have something left to run. */
  | { hold: 'paused'; teams?: string[] }
  /** Without a class: images. `since` in ms, where it is known. */
  | { hold: 'platform'; class?: string; cause: string; since?: number };

export type OpenStage = 'preparing' | 'waiting' | 'running' | 'scoring';

/** Where a submission is, as its campaign sees it; `scoring`: between its last run and its report. */
export function stageOf(open: OpenSubmission): OpenStage {
  if (open.grant) return 'running';
  if (open.request || waitsForImage(open)) return 'waiting';
  return open.preparing ? 'preparing' : 'scoring';
}

/**
 * Whether a campaign waits for an operator once everything was decided: all that is open waits for a run, and none can be
 * granted because the campaign or the teams are paused, the deadline has passed, money or slots are used up, or the
 * platform has a fault. Pure.
 */
export function blockedReasonOf(state: CampaignState, now: number): BlockedReason | undefined {
  if (state.closing || isDone(state)) return undefined;
  for (const open of state.open.values()) if (stageOf(open) !== 'waiting') return undefined;
  if (state.paused) return 'paused';
  if (now >= Date.parse(state.deadline)) return 'deadline';
  return holdOfWaiting(state);
}

/** All causes of a hold, so that who ends them all makes the campaign go on; none while it goes on by itself. Pure. */
export function blockersOf(state: CampaignState, now: number): Blocker[] {
  if (blockedReasonOf(state, now) === undefined) return [];
  const left = holdOfWaiting(state);
  const teams = pausedTeamsLeft(state);
  return [
    ...(state.paused ? [{ hold: 'paused' } as const] : []),
    ...(teams.length > 0 ? [{ hold: 'paused', teams } as const] : []),
    ...(now >= Date.parse(state.deadline) ? [{ hold: 'deadline' } as const] : []),
    ...platformHolds(state),
    ...(left === 'budget' || left === 'slots' ? [{ hold: left } as const] : []),
  ];
}

function platformHolds(state: CampaignState): Blocker[] {
  const classes = Object.keys(state.slots).flatMap((name): Blocker[] => {
    const { cause, heldSince: since } = state.faults.byClass[name] ?? {};
    return cause === undefined || since === undefined ? [] : [{ hold: 'platform', class: name, cause, since }];
  });
  const { images } = state.faults;
  if (images?.heldSince !== undefined)
    return [...classes, { hold: 'platform', cause: images.cause, since: images.heldSince }];
  const stuck = [...state.open.values()].find(waitsForImage)?.stuck;
  return stuck ? [...classes, { hold: 'platform', cause: stuck.cause, since: stuck.since }] : classes;
}

function pausedTeamsLeft({ treatments, open, rounds, started }: CampaignState): string[] {
  const isOpen = new Set([...open.values()].map(({ team }) => team));
  return [...treatments].flatMap(([team, { team: name, paused }]) =>
    paused && (isOpen.has(team) || (started[team] ?? 0) < (rounds[team] ?? 0)) ? [name] : [],
  );
}

/** Why nothing that waits can be granted. */
function holdOfWaiting(state: CampaignState): BlockedReason | undefined {
  let wanted = 0;
  let withSlots = 0;
  let faulty = 0;
  for (const { team, request } of state.open.values()) {
    if (request === undefined || request.usedUp || treatmentOf(state, team).paused) continue;
    wanted += 1;
    const options = request.options.filter((option) => (state.slots[option.class] ?? 0) > 0);
    const affordable = options.filter((option) => isAffordable(state, option, request.rerun));
    if (affordable.some((option) => !isClassHeld(state, option.class))) return undefined;
    if (affordable.length > 0) faulty += 1;
    if (options.length > 0) withSlots += 1;
  }
  if (wanted === 0) return holdOfStarts(state);
  if (faulty > 0) return 'platform';
  return withSlots > 0 ? 'budget' : 'slots';
}

/** Why nothing more is started, when nothing that could run is open. */
function holdOfStarts(state: CampaignState): BlockedReason | undefined {
  if (state.faults.images?.heldSince !== undefined) return 'platform';
  for (const open of state.open.values()) if (waitsForImage(open)) return 'platform';
  const startable = state.rounds.some(
    (rounds, team) => (state.started[team] ?? 0) < rounds && !treatmentOf(state, team).paused,
  );
  // Paused teams' submissions keep their open places.
  if (!startable || state.open.size >= mostOpen) return 'paused';
  return Object.values(state.slots).some((slots) => slots > 0) ? undefined : 'slots';
}

/** Every round was started and has reported its end. */
export const isDone = (state: CampaignState): boolean =>
  state.open.size === 0 &&
  (state.closing !== undefined || state.rounds.every((rounds, team) => (state.started[team] ?? 0) >= rounds));
