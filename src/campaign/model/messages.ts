import type { Purpose } from './frozen-campaign.ts';
import type { FinalState, Reason } from './reasons.ts';
import type { RunFacts } from './run-facts.ts';
import type { RunOption } from './run-option.ts';

/** The messages between a campaign (parent) and its submissions (children). Each is idempotent by (submission, n). */

/** A grant that a submission holds: a slot and reserved money. */
export interface Grant {
  n: number;
  purpose: Purpose;
  rerun: boolean;
  class: string;
  /** Micro-dollars. */
  reserved: number;
  /** Instant of the grant (ms). */
  since: number;
  /** Duration of an evaluation that its probe predicts; absent when unknown. */
  expectedSeconds?: number;
  /** A probe measured its need for GPU memory. */
  needMeasured?: true;
  /** Why it is on an on-demand class although Spot was preferred. */
  offSpot?: OffSpot;
}

/** `losses`: it has lost machines; `deadline`: after one more loss, too little time would be left. */
export type OffSpot = 'losses' | 'deadline';

/** A step that keeps failing. */
export interface StuckStep {
  /** Name of the activity. */
  what: string;
  /** Equal for equal faults; at most 200 printable characters. */
  cause: string;
  /** Attempts so far; 0: no worker took it. */
  tries: number;
  /** Instant of the first attempt (ms). */
  since: number;
  /** The pseudonym of its submission, which the Web UI shows in place of the name. */
  shownAs?: string;
}

/** Child to parent: request for a run. `options` are sorted by expected cost, cheapest first. */
export interface RunRequest {
  submission: string;
  n: number;
  purpose: Purpose;
  /** An evaluation after the submission's first. */
  rerun: boolean;
  options: RunOption[];
  /** An evaluation whose need for GPU memory a probe measured. */
  needMeasured?: true;
  /** The submission used all its `platformRuns`; it gets this run only if the fault is platform-wide. */
  usedUp?: true;
  /** Settles the previous run and frees its slot in the same message. */
  settles?: RunSettlement;
}

/** Child to parent: run n has ended at this cost. Frees its slot and the rest of its reservation. */
export interface RunSettlement {
  submission: string;
  n: number;
  purpose: Purpose;
  rerun: boolean;
  class: string;
  billedSeconds: number;
  costMicroUsd: number;
  /** Absent when the run succeeded. */
  reason?: Reason;
  /** Cause of a platform fault, equal for equal faults. At most 200 printable characters. */
  cause?: string;
  /** The class provided no machine within its `runnableLimit`. */
  classShort?: true;
}

/** Child to parent, on request of a parent that lost its state: everything it needs to know of this round. */
export interface HeldRunReport {
  submission: string;
  sequence: number;
  preparing: boolean;
  /** The ended runs of this round. */
  settled: RunSettlement[];
  /** The pending request, or the granted run. */
  request?: RunRequest;
  grant?: Grant;
}

/** Child, or an activity on its behalf, to parent: a step keeps failing, or has recovered (`stuck`: null). */
export interface StuckReport {
  submission: string;
  sequence: number;
  stuck: StuckStep | null;
}

/** Parent to child: give up the stuck step. */
export interface GivenUpStep {
  cause: string;
}

/** Parent to child: permission for a run. */
export interface RunGrant {
  submission: string;
  n: number;
  class: string;
  /** Micro-dollars, until the run's cost is known. */
  reserved: number;
}

/** Parent to child: run n is refused. */
export interface RunRefusal {
  submission: string;
  n: number;
  reason: Reason;
}

/** Child to parent: the round has ended and its ledger record is written. */
export interface SubmissionReport extends Standing {
  submission: string;
  sequence: number;
  /** Cost of all runs of this round, so a parent that lost a settlement still counts it. */
  costMicroUsd: number;
  /** Last run of this round. If no request followed it, this report settles it. */
  lastRun?: Omit<RunSettlement, 'submission' | 'rerun'>;
  /** Only for later rounds: the submission's result before and after it. */
  standing?: { before: Standing; now: Standing };
}

/** A submission's result after a round. */
export interface Standing {
  state: FinalState;
  reason?: Reason;
}

/** A run as recorded in the ledger and shown by `results`. */
export interface RunRecord {
  n: number;
  purpose: Purpose;
  class: string;
  jobId: string | null;
  /** Null when the run succeeded. */
  reason: Reason | null;
  /** Cause of a platform fault; for a cancelled run that could not be stopped, the job that may still run. */
  cause?: string;
  billedSeconds: number;
  costMicroUsd: number;
  /** Absent in older records, and when no job was created. */
  facts?: RunFacts;
}
