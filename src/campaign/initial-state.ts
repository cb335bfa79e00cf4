import { byName } from './by-name.ts';
import type { CampaignState } from './campaign-state.ts';
import type { FrozenCampaign } from './frozen-campaign.ts';
import { defaultPriority } from './operator-acts.ts';
import type { SchedulerLimits } from './scheduler.ts';

/** Children before their first request for an evaluation, at most. */
const mostPreparing = 200;
const mostOpen = 1_500;

/** The state of a campaign that has not started anything. */
export function initialState(
  frozen: FrozenCampaign,
  teams: readonly [team: string, submissions: number][],
): CampaignState {
  const weights = new Map(Object.entries(frozen.fairness.weights));
  return {
    teams: byName(
      teams.map(([team, submissions]) => [
        team,
        { submissions, next: 0, priority: defaultPriority, weight: weights.get(team) ?? 1, paused: false },
      ]),
    ),
    open: byName(),
    money: { budget: frozen.budget.microUsd, spent: 0, probes: 0, overhead: 0, byClass: byName() },
    slots: byName(frozen.instanceClasses.map(({ name, slots }) => [name, slots])),
    shortUntil: byName(),
    deadline: frozen.deadline,
    paused: false,
    counts: { finished: 0, failed: 0, cancelled: 0 },
    reasons: {},
    operatorsLog: [],
    ticket: 0,
  };
}

/** A state that came through JSON, with records by name again. */
export function restoredState(carried: CampaignState): CampaignState {
  const { teams, open, slots, shortUntil, money } = carried;
  return {
    ...carried,
    teams: byName(Object.entries(teams)),
    open: byName(Object.entries(open)),
    slots: byName(Object.entries(slots)),
    shortUntil: byName(Object.entries(shortUntil)),
    money: { ...money, byClass: byName(Object.entries(money.byClass)) },
  };
}

/** How much a campaign has under way at a time, by the slots it has now. */
export function limitsOf(state: CampaignState, perTeam: number): SchedulerLimits {
  const slots = Object.values(state.slots).reduce((sum, count) => sum + count, 0);
  return { preparing: Math.min(slots, mostPreparing), open: mostOpen, perTeam };
}
