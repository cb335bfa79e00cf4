import { treatmentOf, type CampaignState, type OpenSubmission } from './campaign-state.ts';
import { mostOpen } from './initial-state.ts';
import { isAffordable } from './purse.ts';

/** Why a campaign does not go on by itself; `slots`: operators left no slot on any class that would do. */
export type Hold = 'budget' | 'deadline' | 'paused' | 'slots';

export type OpenStage = 'preparing' | 'waiting' | 'running' | 'scoring';

/** Where a submission is, as its campaign sees it; `scoring`: between its last run and its report. */
export function stageOf({ preparing, request, grant }: OpenSubmission): OpenStage {
  if (grant) return 'running';
  if (request) return 'waiting';
  return preparing ? 'preparing' : 'scoring';
}

/**
 * Whether a campaign waits for an operator once everything was decided: all that is open waits for a run, and none can be
 * granted because the campaign or the teams are paused, the deadline has passed, or money or slots are used up. Pure.
 */
export function holdOf(state: CampaignState, now: number): Hold | undefined {
  if (state.closing || isDone(state)) return undefined;
  for (const open of state.open.values()) if (stageOf(open) !== 'waiting') return undefined;
  if (state.paused) return 'paused';
  if (now >= Date.parse(state.deadline)) return 'deadline';
  let wanted = 0;
  let withSlots = 0;
  for (const { team, request } of state.open.values()) {
    if (request === undefined || treatmentOf(state, team).paused) continue;
    wanted += 1;
    const options = request.options.filter((option) => (state.slots[option.class] ?? 0) > 0);
    if (options.some((option) => isAffordable(state, option, request.rerun))) return undefined;
    if (options.length > 0) withSlots += 1;
  }
  if (wanted === 0) return holdOfStarts(state);
  return withSlots > 0 ? 'budget' : 'slots';
}

/** Why nothing more is started, when nothing that could run is open. */
function holdOfStarts(state: CampaignState): Hold | undefined {
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
