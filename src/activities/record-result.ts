import { costOfRuns } from '../campaign/money.ts';
import type { SubmissionReport } from '../campaign/protocol.ts';
import { appendRecord, chainOf } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Dependencies } from './dependencies.ts';

/** A record before its place in the chain is known. */
export type SubmissionResult = Omit<LedgerRecord, 'version' | 'predecessor'>;

/** Writes the record of a round into the ledger, then the campaign learns the outcome. */
export async function recordResult(deps: Dependencies, result: SubmissionResult): Promise<void> {
  await deps.report(result.campaign, reportOf(await keepResult(deps, result)));
}

/** Writes the record of a round, or answers the one it has when a later round has ended too. */
export async function keepResult(deps: Dependencies, result: SubmissionResult): Promise<LedgerRecord> {
  const { campaign, submission, sequence } = result;
  const chain = await chainOf(deps.store, deps.buckets.results, campaign, submission);
  const known = chain[sequence - 1];
  if (known && chain.length > sequence) return known.record;
  const predecessor = chain[sequence - 2]?.digest ?? null;
  const record: LedgerRecord = { version: 1, ...result, predecessor };
  await appendRecord(deps.store, deps.buckets.results, record);
  return record;
}

/** What a campaign is told of a record. */
export const reportOf = ({ submission, sequence, state, reason, runs }: LedgerRecord): SubmissionReport => ({
  submission,
  sequence,
  state,
  ...(reason && { reason }),
  costMicroUsd: costOfRuns(runs),
});
