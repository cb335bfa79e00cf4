import type { Pseudonym } from '../campaign/model/frozen-campaign.ts';
import { costOfRuns } from '../campaign/model/money.ts';
import type { RunRecord, Standing, SubmissionReport } from '../campaign/model/messages.ts';
import { appendRecord, chainOf, recordsBefore } from '../ledger/ledger.ts';
import { imageFindings } from '../images/image-findings.ts';
import { evidenceOf } from '../ledger/evidence.ts';
import type { Evidence, LedgerRecord } from '../ledger/record.ts';
import type { Dependencies } from './dependencies.ts';
import { effectiveRecord } from '../ledger/chains/effective-record.ts';

/** A record whose place in the chain is not known yet. */
export type SubmissionResult = Omit<LedgerRecord, 'version' | 'predecessor' | 'evidence'>;

/**
 * Writes the record of a round into the ledger, then reports to the campaign. `base`: of the round's image, null if there is
 * none; workflows of older versions do not say.
 */
export async function recordResult(
  deps: Dependencies,
  { shownAs: _notRecorded, base, ...result }: SubmissionResult & { shownAs?: Pseudonym; base?: string | null },
): Promise<void> {
  const { record, before } = await keepResult(deps, result, base);
  await deps.report(result.campaign, reportOf(record, before));
}

/**
 * Writes the record of a round, unless a later round has a record too: then returns the one that is there. `before` has the
 * records of earlier rounds, oldest first.
 */
export async function keepResult(
  deps: Dependencies,
  result: SubmissionResult,
  base?: string | null,
): Promise<{ record: LedgerRecord; before: LedgerRecord[] }> {
  const { campaign, submission, sequence } = result;
  const chain = await chainOf(deps.results, campaign, submission);
  const before = recordsBefore(chain, sequence);
  const known = chain[sequence - 1];
  if (known && chain.length > sequence) return { record: known.record, before };
  const predecessor = chain[sequence - 2]?.digest ?? null;
  const evidence = known ? known.record.evidence : await evidenceOfRound(deps, result, base);
  const record: LedgerRecord = { version: 1, ...result, predecessor, ...(evidence && { evidence }) };
  await appendRecord(deps.results, record);
  return { record, before };
}

/** A repeated call must not gather it again: a job that could not be stopped may have written an outcome since. */
async function evidenceOfRound(
  deps: Dependencies,
  { campaign, submission, runs }: SubmissionResult,
  base: string | null | undefined,
): Promise<Evidence> {
  const { scan } = await deps.frozen.campaign(campaign);
  const about = { campaign, submission, isScanned: scan !== undefined, isProbed: runs.some(isProbe) };
  const findings = base === undefined ? undefined : await imageFindings(deps.results, { ...about, base });
  return evidenceOf(deps.runs, { campaign, submission, runs, frozen: await deps.frozen.digest(campaign), findings });
}

const isProbe = ({ purpose }: RunRecord): boolean => purpose === 'probe';

/** The report to the campaign about a record, given the records before it. */
export function reportOf(record: LedgerRecord, before: readonly LedgerRecord[]): SubmissionReport {
  const { submission, sequence, state, reason, runs } = record;
  const effectiveBefore = effectiveRecord(before);
  const effectiveNow = effectiveRecord([...before, record]);
  const last = runs.at(-1);
  return {
    submission,
    sequence,
    ...endOf({ state, reason }),
    costMicroUsd: costOfRuns(runs),
    ...(last && { lastRun: settledRun(last) }),
    ...(effectiveBefore && effectiveNow && { standing: { before: endOf(effectiveBefore), now: endOf(effectiveNow) } }),
  };
}

const settledRun = ({ n, purpose, class: className, billedSeconds, costMicroUsd, reason, cause }: RunRecord) => ({
  n,
  purpose,
  class: className,
  billedSeconds,
  costMicroUsd,
  ...(reason && { reason }),
  ...(cause !== undefined && { cause }),
});

const endOf = ({ state, reason }: Pick<LedgerRecord, 'state' | 'reason'>): Standing => ({
  state,
  ...(reason && { reason }),
});
