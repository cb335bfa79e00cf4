import type { FrozenCampaign } from '../model/frozen-campaign.ts';
import { initialState } from '../state/initial-state.ts';
import type { OperatorCommand } from './operator-commands.ts';
import { applyCommand } from './apply-command.ts';
import { parseDuration } from '../model/units.ts';

/** The settings of the campaign file that operators can change, after their commands. */
interface EffectiveSettings {
  /** In micro-dollars. */
  budget: number;
  /** ISO instant. */
  deadline: string;
  /** By class. */
  slots: ReadonlyMap<string, number>;
  /** Of teams that the file or an operator treats differently. */
  weights: ReadonlyMap<string, number>;
  /** Submissions that were cancelled by name. */
  cancelled: ReadonlySet<string>;
}

/** Applies the accepted commands, in order, to a campaign in which nothing else happens. */
export function effectiveSettings(frozen: FrozenCampaign, commands: readonly OperatorCommand[]): EffectiveSettings {
  const numbers = new Map<string, number>();
  const numberOf = (team: string): number => {
    const number = numbers.get(team) ?? numbers.size;
    numbers.set(team, number);
    return number;
  };
  const weighted = Object.entries(frozen.fairness.weights);
  const weights = weighted.map(([name, weight]) => ({ team: numberOf(name), name, weight }));
  const state = initialState(frozen, { workLists: [], rounds: [], started: [], weights });
  const cancelled = new Set<string>();
  for (const command of commands) {
    const { name, message } = command;
    applyCommand(command, state, numberOf(('team' in message && message.team) || ''), 0);
    if (name === 'cancel') for (const submission of message.submissions ?? []) cancelled.add(submission);
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
 * A changed campaign file in which every setting that operators' commands have already brought about is reset to its frozen
 * value: an operator may update the file to match earlier commands.
 */
export function withoutAppliedChanges(
  known: FrozenCampaign,
  fresh: FrozenCampaign,
  effective: EffectiveSettings,
): FrozenCampaign {
  const before = new Map(Object.entries(known.fairness.weights));
  const weights = new Map(Object.entries(fresh.fairness.weights));
  for (const [team, weight] of effective.weights) {
    if ((weights.get(team) ?? 1) !== weight) continue;
    weights.delete(team);
    const was = before.get(team);
    if (was !== undefined) weights.set(team, was);
  }
  const deadline = sinceFirstStart(known, fresh);
  return {
    ...fresh,
    deadline,
    deadlineAsWritten: deadline === effective.deadline ? known.deadlineAsWritten : fresh.deadlineAsWritten,
    budget: {
      ...fresh.budget,
      microUsd: fresh.budget.microUsd === effective.budget ? known.budget.microUsd : fresh.budget.microUsd,
    },
    fairness: { ...fresh.fairness, weights: Object.fromEntries(weights) },
    instanceClasses: fresh.instanceClasses.map((row) => {
      const before = known.instanceClasses.find(({ name }) => name === row.name);
      return before !== undefined && row.slots === effective.slots.get(row.name)
        ? { ...row, slots: before.slots }
        : row;
    }),
  };
}

/** A relative deadline counts from the first start, even if the file was changed since. */
function sinceFirstStart(known: FrozenCampaign, fresh: FrozenCampaign): string {
  const before = parseDuration(known.deadlineAsWritten);
  const after = parseDuration(fresh.deadlineAsWritten);
  if (before === undefined || after === undefined) return fresh.deadline;
  return new Date(Date.parse(known.deadline) + (after - before) * 1_000).toISOString();
}
