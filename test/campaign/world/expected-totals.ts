import { byName } from '../../../src/campaign/model/by-name.ts';
import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import type { FieldsOf } from '../../../src/campaign/state/read-only.ts';
import type { Spending } from '../../../src/campaign/state/spending.ts';
import { responsibleParty } from '../../../src/campaign/model/reasons.ts';
import type { Child } from './child.ts';

export const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};

/** The real cost of rounds, as the ledger would have it. */
export function spentBy(children: readonly Child[]): FieldsOf<Spending> {
  const expected: FieldsOf<Spending> = { spent: 0, reruns: 0, probes: 0, overhead: 0, canaries: 0, byClass: byName() };
  for (const { purpose, rerun, reason, class: onClass, costMicroUsd } of children.flatMap(({ runs }) => runs)) {
    expected.spent += costMicroUsd;
    expected.byClass[onClass] = (expected.byClass[onClass] ?? 0) + costMicroUsd;
    if (rerun) expected.reruns += costMicroUsd;
    if (purpose === 'probe') expected.probes += costMicroUsd;
    else if (reason && responsibleParty(reason) === 'platform') expected.overhead += costMicroUsd;
  }
  return expected;
}

/** Counts the states of ended rounds. */
export function stateCountsOf(children: readonly Child[]): CampaignState['counts'] {
  const counts = { finished: 0, failed: 0, cancelled: 0 };
  for (const { state } of children) if (state) counts[state] += 1;
  return counts;
}
