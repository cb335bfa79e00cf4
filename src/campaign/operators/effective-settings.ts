import type { FrozenCampaign } from '../model/frozen-campaign.ts';
import { initialState } from '../state/initial-state.ts';
import type { OperatorCommand } from './operator-commands.ts';
import { applyCommand } from './apply-command.ts';
import { parseDuration } from '../model/units.ts';

/** What of a campaign's file operators may change, as they left it. */
export interface EffectiveSettings {
  /** In micro-dollars. */
  budget: number;
  /** ISO instant. */
  deadline: string;
  /** By class. */
  slots: ReadonlyMap<string, number>;
  /** Of teams that the file or an operator treats otherwise than the others. */
  weights: ReadonlyMap<string, number>;
  /** Submissions that were cancelled by name. */
  cancelled: ReadonlySet<string>;
}

/** Repeats the acts that were taken, in order, on a campaign in which nothing else happens. Pure. */
export function effectiveSettings(frozen: FrozenCampaign, acts: readonly OperatorCommand[]): EffectiveSettings {
  const numbers = new Map<string, number>();
  const numberOf = (team: string): number => {
    const number = numbers.get(team) ?? numbers.size;
    numbers.set(team, number);
    return number;
  };
  const weights = Object.entries(frozen.fairness.weights).map(([name, weight]) => ({
    team: numberOf(name),
    name,
    weight,
  }));
  const state = initialState(frozen, { workLists: [], rounds: [], started: [], weights });
  const cancelled = new Set<string>();
  for (const act of acts) {
    applyCommand(act, state, numberOf(('team' in act.message && act.message.team) || ''), 0);
    if (act.name === 'cancel') for (const submission of act.message.submissions ?? []) cancelled.add(submission);
  }
  const treatments = [...state.treatments.values()];
  return {
    budget: state.money.budget,
    deadline: state.deadline,
    slots: new Map(Object.entries(state.slots)),
    weights: new Map(treatments.map(({ team, weight }) => [team, weight])),
    cancelled,
  };
}

/**
 * A changed file, in which everything that operators have brought about already stands as it was frozen: who changed the
 * campaign by its commands may change the file after them. Pure.
 */
export function withoutAppliedChanges(
  known: FrozenCampaign,
  fresh: FrozenCampaign,
  left: EffectiveSettings,
): FrozenCampaign {
  const before = new Map(Object.entries(known.fairness.weights));
  const weights = new Map(Object.entries(fresh.fairness.weights));
  for (const [team, weight] of left.weights) {
    if ((weights.get(team) ?? 1) !== weight) continue;
    weights.delete(team);
    const was = before.get(team);
    if (was !== undefined) weights.set(team, was);
  }
  const deadline = sinceFirstStart(known, fresh);
  return {
    ...fresh,
    deadline,
    deadlineAsWritten: deadline === left.deadline ? known.deadlineAsWritten : fresh.deadlineAsWritten,
    budget: {
      ...fresh.budget,
      microUsd: fresh.budget.microUsd === left.budget ? known.budget.microUsd : fresh.budget.microUsd,
    },
    fairness: { ...fresh.fairness, weights: Object.fromEntries(weights) },
    instanceClasses: fresh.instanceClasses.map((on) => {
      const before = known.instanceClasses.find(({ name }) => name === on.name);
      return before !== undefined && on.slots === left.slots.get(on.name) ? { ...on, slots: before.slots } : on;
    }),
  };
}

/** A deadline in words counts from the first start, also one that was changed since. */
function sinceFirstStart(known: FrozenCampaign, fresh: FrozenCampaign): string {
  const before = parseDuration(known.deadlineAsWritten);
  const after = parseDuration(fresh.deadlineAsWritten);
  if (before === undefined || after === undefined) return fresh.deadline;
  return new Date(Date.parse(known.deadline) + (after - before) * 1_000).toISOString();
}
