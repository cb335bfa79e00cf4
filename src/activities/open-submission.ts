import type { InstanceClass, Limits } from '../campaign/frozen-campaign.ts';
import { lastRecord } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Timings } from '../settings.ts';
import type { Dependencies } from './dependencies.ts';

/** What a submission's workflow decides by. */
export interface OpenedSubmission {
  /** The record that makes this submission final already. */
  final: LedgerRecord | null;
  classes: InstanceClass[];
  limits: Limits;
  testItems: number;
  /** Null: there is no sample set and nothing is probed. */
  sampleItems: number | null;
  timings: Timings;
}

/** Reads the ledger and the rules of the campaign for one submission. */
export async function openSubmission(
  deps: Dependencies,
  input: { campaign: string; submission: string },
): Promise<OpenedSubmission> {
  const frozen = await deps.frozen.campaign(input.campaign);
  const last = await lastRecord(deps.store, deps.buckets.results, input.campaign, input.submission);
  return {
    final: last?.record ?? null,
    classes: frozen.instanceClasses,
    limits: frozen.limits,
    testItems: frozen.testSet.items,
    sampleItems: frozen.sampleSet?.items ?? null,
    timings: deps.settings.timings,
  };
}
