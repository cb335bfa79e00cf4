import { costOfRuns } from '../campaign/money.ts';
import { appendRecord, lastRecord } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Dependencies } from './dependencies.ts';

/** A record before its place in the chain is known. */
export type SubmissionResult = Omit<LedgerRecord, 'version' | 'predecessor'>;

/** Writes a submission's final record into the ledger, then the campaign learns the outcome. */
export async function recordResult(deps: Dependencies, result: SubmissionResult): Promise<void> {
  const bucket = deps.buckets.results;
  const last = await lastRecord(deps.store, bucket, result.campaign, result.submission);
  const again = last !== undefined && last.record.sequence === result.sequence;
  const predecessor = again ? last.record.predecessor : (last?.digest ?? null);
  const record: LedgerRecord = { version: 1, ...result, predecessor };
  await appendRecord(deps.store, bucket, record);
  await deps.report(result.campaign, reportOf(record));
}

/** What a campaign is told of a record. */
export const reportOf = ({ submission, state, reason, runs }: LedgerRecord) => ({
  submission,
  state,
  ...(reason && { reason }),
  costMicroUsd: costOfRuns(runs),
});
