import type { FrozenCampaign } from './frozen-campaign.ts';
import type { OperatorAct } from './operator-acts.ts';
import { parseInstant } from './units.ts';

/** What of a campaign's file operators may change, as they left it. */
export interface LeftByOperators {
  /** In micro-dollars. */
  budget: number;
  /** ISO instant. */
  deadline: string;
  /** By class. */
  slots: ReadonlyMap<string, number>;
  /** Of teams whose weight was set. */
  weights: ReadonlyMap<string, number>;
  /** Submissions that were cancelled by name. */
  cancelled: ReadonlySet<string>;
}

/** Follows the acts that were taken, in order. Pure. */
export function leftByOperators(frozen: FrozenCampaign, acts: readonly OperatorAct[]): LeftByOperators {
  let { deadline } = frozen;
  let budget = frozen.budget.microUsd;
  const slots = new Map(frozen.instanceClasses.map((on) => [on.name, on.slots]));
  const weights = new Map(Object.entries(frozen.fairness.weights));
  const cancelled = new Set<string>();
  for (const { name, message } of acts) {
    if (name === 'raiseBudget') budget = Math.round(message.usd * 1_000_000);
    if (name === 'setDeadline') deadline = parseInstant(message.deadline)?.toISOString() ?? deadline;
    if (name === 'setSlots') slots.set(message.class, message.slots);
    if (name === 'reprioritiseTeam' && message.weight !== undefined) weights.set(message.team, message.weight);
    if (name === 'cancel') for (const submission of message.submissions ?? []) cancelled.add(submission);
  }
  return { budget, deadline, slots, weights, cancelled };
}

/**
 * A changed file, in which everything that operators have brought about already stands as it was frozen: who changed the
 * campaign by its commands may change the file after them. Pure.
 */
export function lessWhatIsDone(known: FrozenCampaign, fresh: FrozenCampaign, left: LeftByOperators): FrozenCampaign {
  const before = new Map(Object.entries(known.fairness.weights));
  const weights = new Map(Object.entries(fresh.fairness.weights));
  for (const [team, weight] of left.weights) {
    if ((weights.get(team) ?? 1) !== weight) continue;
    weights.delete(team);
    const was = before.get(team);
    if (was !== undefined) weights.set(team, was);
  }
  return {
    ...fresh,
    deadlineAsWritten: fresh.deadline === left.deadline ? known.deadlineAsWritten : fresh.deadlineAsWritten,
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
