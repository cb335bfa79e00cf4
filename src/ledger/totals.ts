import { byName } from '../campaign/model/by-name.ts';
import type { Money, Writable } from '../campaign/state/campaign-state.ts';
import { addEndedRun, addFirstEvaluation, noStatistics, type RunStatistics } from '../campaign/state/run-statistics.ts';
import type { RunRecord } from '../campaign/model/messages.ts';
import { responsibleParty, type FinalState, type Reason } from '../campaign/model/reasons.ts';
import { effectiveRecord, type LedgerRecord } from './record.ts';

/** The totals that a campaign that lost its state rebuilds from the ledger. Micro-dollars. */
export interface LedgerTotals {
  money: Writable<Pick<Money, 'spent' | 'reruns' | 'probes' | 'overhead' | 'byClass'>>;
  /** Each submission once, by the effective record. */
  counts: Record<FinalState, number>;
  reasons: Partial<Record<Reason, number>>;
  /** `since` is not in the ledger and stays null. */
  pace: RunStatistics;
}

export const noTotals = (): LedgerTotals => ({
  money: { spent: 0, reruns: 0, probes: 0, overhead: 0, byClass: byName() },
  counts: { finished: 0, failed: 0, cancelled: 0 },
  reasons: {},
  pace: noStatistics(),
});

/** Adds a submission's records, oldest first, to `totals`. */
export function addChain(totals: LedgerTotals, records: readonly LedgerRecord[]): void {
  const { money, counts, reasons, pace } = totals;
  let evaluations = 0;
  for (const { runs } of records) {
    for (const [index, run] of runs.entries()) {
      if (run.purpose === 'evaluation') {
        evaluations += 1;
        const before = runs[index - 1];
        const probeSeconds = before?.purpose === 'probe' ? before.billedSeconds : 0;
        if (evaluations === 1) addFirstEvaluation(pace, { class: run.class, probeSeconds, expectedSeconds: undefined });
      }
      countRun(money, run, evaluations > 1);
      addEndedRun(pace, run, runs[index + 1]?.class);
    }
  }
  const effective = effectiveRecord(records);
  if (effective === undefined) return;
  counts[effective.state] += 1;
  if (effective.reason) reasons[effective.reason] = (reasons[effective.reason] ?? 0) + 1;
}

/** Counts a run as the campaign does, see `applySettlement`. */
function countRun(money: LedgerTotals['money'], run: RunRecord, isRerun: boolean): void {
  const { purpose, costMicroUsd, reason } = run;
  money.spent += costMicroUsd;
  money.byClass[run.class] = (money.byClass[run.class] ?? 0) + costMicroUsd;
  if (purpose === 'probe') money.probes += costMicroUsd;
  else {
    if (isRerun) money.reruns += costMicroUsd;
    if (reason && responsibleParty(reason) === 'platform') money.overhead += costMicroUsd;
  }
}
