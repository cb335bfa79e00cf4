import type { InstanceClass, Limits } from '../campaign/model/frozen-campaign.ts';
import { chainOf, recordsBefore } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Timings } from '../settings.ts';
import type { Dependencies } from './dependencies.ts';

/** What a submission's workflow decides by. */
export interface OpenedSubmission {
  /** The record that makes this round final already. */
  final: LedgerRecord | null;
  classes: InstanceClass[];
  limits: Limits;
  testItems: number;
  /** Null: there is no sample set and nothing is probed. */
  sampleItems: number | null;
  /** The highest run number of the rounds before. */
  runsBefore: number;
  /** Evaluation runs of the rounds before. */
  evaluationsBefore: number;
  /** The newest evaluation of the rounds before that ended well. */
  lastGoodRun: number | null;
  /** The image of the newest round before that had one. */
  imageBefore: string | null;
  timings: Timings;
}

/** Reads the ledger and the rules of the campaign for one round of a submission. */
export async function openSubmission(
  deps: Dependencies,
  { campaign, submission, sequence }: { campaign: string; submission: string; sequence: number },
): Promise<OpenedSubmission> {
  const frozen = await deps.frozen.campaign(campaign);
  const chain = await chainOf(deps.store, deps.buckets.results, campaign, submission);
  const before = recordsBefore(chain, sequence);
  const runs = before.flatMap((record) => record.runs);
  const evaluations = runs.filter(({ purpose }) => purpose === 'evaluation');
  return {
    final: chain[sequence - 1]?.record ?? null,
    classes: frozen.instanceClasses,
    limits: frozen.limits,
    testItems: frozen.testSet.items,
    sampleItems: frozen.sampleSet?.items ?? null,
    runsBefore: highestOf(runs),
    evaluationsBefore: evaluations.length,
    lastGoodRun: evaluations.findLast(({ reason }) => reason === null)?.n ?? null,
    imageBefore: before.findLast(({ image }) => image !== null)?.image ?? null,
    timings: deps.settings.timings,
  };
}

/** The highest number among some runs; 0 when there are none. */
export const highestOf = (runs: readonly { n: number }[]): number => runs.reduce((high, { n }) => Math.max(high, n), 0);
