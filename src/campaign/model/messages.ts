import type { Purpose } from './frozen-campaign.ts';
import type { FinalState, Reason } from './reasons.ts';
import type { RunFacts } from './run-facts.ts';
import type { RunOption } from './run-option.ts';

/** What a campaign and its submissions say to each other. Every message is idempotent by (submission, n). Pure. */

/** A run that a submission holds a slot and money for. */
export interface HeldGrant {
  n: number;
  purpose: Purpose;
  rerun: boolean;
  class: string;
  /** Micro-dollars. */
  reserved: number;
  /** Instant (ms) of the grant. */
  since: number;
  /** What its probe let expect of an evaluation; absent when nothing is known. */
  expectedSeconds?: number;
  /** Its probe measured how much device memory it takes. */
  needMeasured?: true;
}

/** A step that cannot be done. */
export interface StuckStep {
  /** The activity. */
  what: string;
  /** Equal for equal faults; at most 200 printable characters. */
  cause: string;
  /** 0: no worker took it. */
  tries: number;
  /** Instant (ms) of the first try. */
  since: number;
}

/** Child to parent: may I run? `options` as the probe lets expect, cheapest first. */
export interface RunRequest {
  submission: string;
  n: number;
  purpose: Purpose;
  /** An evaluation beyond the submission's first. */
  rerun: boolean;
  options: RunOption[];
  /** An evaluation of which a probe measured how much device memory it takes. */
  needMeasured?: true;
  /** The submission has used up its runs for the platform's faults: only where the fault is everybody's does it get one more. */
  usedUp?: true;
  /** The run before this one has ended; frees its slot in the same message. */
  settles?: RunSettlement;
}

/** Child to parent: run n has ended and its cost is known; frees its slot and what was reserved beyond the cost. */
export interface RunSettlement {
  submission: string;
  n: number;
  purpose: Purpose;
  rerun: boolean;
  class: string;
  billedSeconds: number;
  costMicroUsd: number;
  /** Absent when the run ended well. */
  reason?: Reason;
  /** Of a platform's fault: what it was, equal for equal faults. At most 200 printable characters. */
  cause?: string;
  /** The class gave no machine within its `runnableLimit`. */
  classShort?: true;
}

/** Child to parent, asked for by one that lost its state: everything that the parent should know of this round. */
export interface HeldRunReport {
  submission: string;
  sequence: number;
  preparing: boolean;
  /** The runs of this round that have ended. */
  settled: RunSettlement[];
  /** What it waits for, or the run that was granted and is under way. */
  request?: RunRequest;
  grant?: HeldGrant;
}

/** Child, or an activity for it, to parent: a step is tried again and again, or goes on again (`stuck`: null). */
export interface StuckReport {
  submission: string;
  sequence: number;
  stuck: StuckStep | null;
}

/** Parent to child: the step it is stuck at is given up. */
export interface GivenUpStep {
  cause: string;
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
  sequence: number;
  state: FinalState;
  reason?: Reason;
  /** Of all runs of this round, so that a parent which lost a settlement still books it. */
  costMicroUsd: number;
  /** Of this round. One after which nothing was asked for is settled by this report alone. */
  lastRun?: Omit<RunSettlement, 'submission' | 'rerun'>;
  /** Of a later round: what the submission stood by before it, and what it stands by now. */
  standing?: { before: Standing; now: Standing };
}

/** How a submission stands once a round has ended. */
export interface Standing {
  state: FinalState;
  reason?: Reason;
}

/** A run as the ledger and `results` keep it. */
export interface RunRecord {
  n: number;
  purpose: Purpose;
  class: string;
  jobId: string | null;
  /** Null when the run ended well. */
  reason: Reason | null;
  /** Of a platform's fault: what it was. Of a cancelled run that nobody could end: what may still run. */
  cause?: string;
  billedSeconds: number;
  costMicroUsd: number;
  /** Absent in records written before there were any, and when no job was made. */
  facts?: RunFacts;
}
