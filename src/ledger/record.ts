import type { FaultSummary } from '../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../campaign/model/messages.ts';
import { responsibleParty, type FinalState, type Reason } from '../campaign/model/reasons.ts';

/** A final record: the source of truth for leaderboard, cost and report. Never changed, only followed by another. */
export interface LedgerRecord {
  version: 1;
  campaign: string;
  submission: string;
  team: string;
  /** 1 for the first round, one more for every retry or rescore. */
  sequence: number;
  /** sha256 (hex) of the record before this one; null for the first. */
  predecessor: string | null;
  state: FinalState;
  reason: Reason | null;
  /** For people: what the gate refused, how many faults the predictions had. Never the submission's own words. */
  detail: string | null;
  runs: RunRecord[];
  /** Where the score lies and its sha256; null when there is none. */
  score: { key: string; digest: string } | null;
  /** sha256 manifest digest of the image that ran; null when the gate refused it. */
  image: string | null;
  /** What is wrong with the predictions, without a word of them. */
  faults?: FaultSummary;
  /** What of the image's configuration was withheld from the container; absent when nothing was. */
  withheld?: string[];
}

/**
 * The record by which a submission stands, of its records oldest first: the newest that ended by the submission's own doing,
 * scored or failed. A later round that was cancelled, or that the platform failed, takes nothing away.
 */
export const standingRecord = (records: readonly LedgerRecord[]): LedgerRecord | undefined =>
  records.findLast(({ reason }) => reason === null || responsibleParty(reason) === 'team') ?? records.at(-1);
