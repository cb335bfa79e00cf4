import type { RunOption } from './class-choice.ts';
import type { Purpose } from './frozen-campaign.ts';
import type { FinalState, Reason } from './reasons.ts';

/** What a campaign and its submissions say to each other. Every message is idempotent by (submission, n). Pure. */

/** Child to parent: may I run? `options` in order of preference. */
export interface RunRequest {
  submission: string;
  n: number;
  purpose: Purpose;
  options: RunOption[];
  /** The run was granted before and is under way: said to a campaign that lost its state. */
  granted?: { class: string; reserved: number };
  /** The run before this one has ended; frees its slot in the same message. */
  settles?: RunSettlement;
}

/** Child to parent: run n has ended and its cost is known; frees its slot and what was reserved beyond the cost. */
export interface RunSettlement {
  submission: string;
  n: number;
  class: string;
  costMicroUsd: number;
  /** Absent when the run ended well. */
  reason?: Reason;
  /** The class gave no machine within its `runnableLimit`. */
  classShort?: true;
}

/** Parent to child. */
export interface RunGrant {
  submission: string;
  n: number;
  class: string;
  /** Micro-dollars set aside until the run's cost is known. */
  reserved: number;
}

/** Parent to child: there will be no run n. */
export interface RunRefusal {
  submission: string;
  n: number;
  reason: Reason;
}

/** Child to parent, after its record is in the ledger. */
export interface SubmissionReport {
  submission: string;
  state: FinalState;
  reason?: Reason;
  /** Of all runs of this round, so that a parent which lost a settlement still books it. */
  costMicroUsd: number;
}

/** A run as the ledger and `results` keep it. */
export interface RunRecord {
  n: number;
  purpose: Purpose;
  class: string;
  jobId: string | null;
  /** Null when the run ended well. */
  reason: Reason | null;
  billedSeconds: number;
  costMicroUsd: number;
}
