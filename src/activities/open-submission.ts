import type { InstanceClass, Limits } from '../campaign/model/frozen-campaign.ts';
import { chainOf, recordsBefore } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Timings } from '../timings.ts';
import type { Dependencies } from './dependencies.ts';

/** The facts that a submission's workflow needs for its decisions. */
export interface OpenedSubmission {
  /** This round's record, if the round is already final. */
  final: LedgerRecord | null;
  classes: InstanceClass[];
  limits: Limits;
  testItems: number;
  /** Null without a sample set: then nothing is probed. */
  sampleItems: number | null;
  /** The highest run number of earlier rounds. */
  runsBefore: number;
  evaluationsBefore: number;
  /** The newest successful evaluation of earlier rounds. */
  lastGoodRun: number | null;
  /** The image of the newest earlier round that had one. */
  imageBefore: string | null;
  timings: Timings;
}

/** Reads the ledger and the rules of the campaign for one round of a submission. */
export async function openSubmission(
  deps: Dependencies,
  { campaign, submission, sequence }: { campaign: string; submission: string; sequence: number },
): Promise<OpenedSubmission> {
  const frozen = await deps.frozen.campaign(campaign);
  const chain = await chainOf(deps.results, campaign, submission);
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

/** The highest run number; 0 if there are no runs. */
export const highestOf = (runs: readonly { n: number }[]): number => runs.reduce((high, { n }) => Math.max(high, n), 0);
