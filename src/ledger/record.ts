import type { FaultSummary } from '../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../campaign/model/messages.ts';
import type { FinalState, Reason } from '../campaign/model/reasons.ts';

/** A final record: the source of truth for leaderboard, cost and report. It never changes; another may follow it. */
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
  /** For people: why the image was refused, how many faults the predictions had. Never the submission's own text. */
  detail: string | null;
  runs: RunRecord[];
  /** The key of the score and its sha256; null if there is none. */
  score: { key: string; digest: string } | null;
  /** sha256 manifest digest of the image; null if it was refused. */
  image: string | null;
  /** What is wrong with the predictions, without quoting them. */
  faults?: FaultSummary;
  /** Parts of the image's configuration that the container did not get; absent if there are none. */
  withheld?: string[];
  /** The sha256 of everything that the record rests on. Absent in older records. */
  evidence?: Evidence;
}

/** What a record rests on, by sha256 (hex). */
export interface Evidence {
  /** Of campaign.json. */
  campaign: string;
  /** The objects of each run of the round, by the run's number. */
  runs: Record<string, RunEvidence>;
  /**
   * Keys in the results bucket of what was found about the image: what the host's scanner printed, which ends in its sha256,
   * and what the probes say about its base, which is empty. Absent in older records.
   */
  findings?: string[];
}

/** The objects of a run in the runs bucket when the round was recorded; one that did not exist is absent. */
export interface RunEvidence {
  spec?: string;
  claim?: string;
  /** It names the sha256 of the log. */
  outcome?: string;
  trouble?: string;
  /** As the outcome names it. */
  predictions?: string;
  /** The log and the predictions of a run without an outcome, which nothing else names. Absent in older records. */
  left?: { log?: string; predictions?: string };
}
