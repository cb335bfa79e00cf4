import { RunStatistics } from '../campaign/state/run-statistics.ts';
import { Spending } from '../campaign/state/spending.ts';
import type { FinalState, Reason } from '../campaign/model/reasons.ts';
import type { LedgerRecord } from './record.ts';
import { effectiveRecord } from './chains/effective-record.ts';

/** The totals that a campaign that lost its state rebuilds from the ledger. Micro-dollars. */
export interface LedgerTotals {
  money: Spending;
  /** Each submission once, by the effective record. */
  counts: Record<FinalState, number>;
  reasons: Partial<Record<Reason, number>>;
  /** `since` is not in the ledger and stays null. */
  pace: RunStatistics;
}

export const noTotals = (): LedgerTotals => ({
  money: new Spending(),
  counts: { finished: 0, failed: 0, cancelled: 0 },
  reasons: {},
  pace: new RunStatistics(),
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
        if (evaluations === 1) pace.addFirstEvaluation({ class: run.class, probeSeconds, expectedSeconds: undefined });
      }
      money.book({ ...run, rerun: run.purpose === 'evaluation' && evaluations > 1 });
      pace.addEndedRun(run, runs[index + 1]?.class);
    }
  }
  const effective = effectiveRecord(records);
  if (effective === undefined) return;
  counts[effective.state] += 1;
  if (effective.reason) reasons[effective.reason] = (reasons[effective.reason] ?? 0) + 1;
}
