import type { InstanceClass, Limits } from '../campaign/model/frozen-campaign.ts';
import { chainOf, recordsBefore } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Timings } from '../timings.ts';
import type { Dependencies } from './dependencies.ts';
import { submittedRuns, type RunsInBucket } from './jobs/submitted-runs.ts';
import { wasCancelled } from './was-cancelled.ts';

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
  /** A run of the round's workflow could not be replayed: what it left, and whether an operator had cancelled it. */
  reopened?: RunsInBucket & { cancelled: boolean };
}

/** One round of a submission; `reopens`: the id of the workflow's run before this one, which could not be replayed. */
interface RoundToOpen {
  campaign: string;
  submission: string;
  sequence: number;
  reopens?: string;
}

/** Reads the ledger and the rules of the campaign for one round of a submission. */
export async function openSubmission(
  deps: Dependencies,
  { campaign, submission, sequence, reopens }: RoundToOpen,
): Promise<OpenedSubmission> {
  const frozen = await deps.frozen.campaign(campaign);
  const chain = await chainOf(deps.results, campaign, submission);
  const before = recordsBefore(chain, sequence);
  const runs = before.flatMap((record) => record.runs);
  const evaluations = runs.filter(({ purpose }) => purpose === 'evaluation');
  const runsBefore = highestOf(runs);
  return {
    final: chain[sequence - 1]?.record ?? null,
    classes: frozen.instanceClasses,
    limits: frozen.limits,
    testItems: frozen.testSet.items,
    sampleItems: frozen.sampleSet?.items ?? null,
    runsBefore,
    evaluationsBefore: evaluations.length,
    lastGoodRun: evaluations.findLast(({ reason }) => reason === null)?.n ?? null,
    imageBefore: before.findLast(({ image }) => image !== null)?.image ?? null,
    timings: deps.settings.timings,
    ...(reopens !== undefined && {
      reopened: {
        ...(await submittedRuns(deps, { campaign, submission, runsBefore })),
        cancelled: await wasCancelled(deps, { campaign, submission, before: reopens }),
      },
    }),
  };
}

/** The highest run number; 0 if there are no runs. */
export const highestOf = (runs: readonly { n: number }[]): number => runs.reduce((high, { n }) => Math.max(high, n), 0);
