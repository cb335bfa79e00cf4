import { byName } from '../../../src/campaign/model/by-name.ts';
import type { CampaignState, Money, Writable } from '../../../src/campaign/state/campaign-state.ts';
import { responsibleParty } from '../../../src/campaign/model/reasons.ts';
import type { Child } from './child.ts';

export const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};

type Spent = Writable<Pick<Money, 'spent' | 'reruns' | 'probes' | 'overhead' | 'byClass'>>;

/** The real cost of rounds, as the ledger would have it. */
export function spentBy(children: readonly Child[]): Spent {
  const truth: Spent = { spent: 0, reruns: 0, probes: 0, overhead: 0, byClass: byName() };
  for (const { purpose, rerun, reason, class: onClass, costMicroUsd } of children.flatMap(({ runs }) => runs)) {
    truth.spent += costMicroUsd;
    truth.byClass[onClass] = (truth.byClass[onClass] ?? 0) + costMicroUsd;
    if (rerun) truth.reruns += costMicroUsd;
    if (purpose === 'probe') truth.probes += costMicroUsd;
    else if (reason && responsibleParty(reason) === 'platform') truth.overhead += costMicroUsd;
  }
  return truth;
}

/** Counts the states of ended rounds. */
export function stateCountsOf(children: readonly Child[]): CampaignState['counts'] {
  const counts = { finished: 0, failed: 0, cancelled: 0 };
  for (const { state } of children) if (state) counts[state] += 1;
  return counts;
}
