import type { CanaryReport } from '../model/canaries/canary-report.ts';
import type { RunRecord } from '../model/messages.ts';
import type { FinalState, Reason } from '../model/reasons.ts';

/** What orphans are found from. */
export interface OrphanFacts {
  /** The jobs of Batch; of ended ones, those that it still knows. */
  jobs: readonly Pick<JobFact, 'jobId' | 'runKey' | 'state' | 'startedAt'>[];
  workflows: readonly Pick<WorkflowFact, 'workflowId' | 'member' | 'status' | 'awaits'>[];
  /** The job that has claimed each run, or `abandoned`, by run key. */
  claims: ReadonlyMap<string, string>;
  /** The containers of submissions on this machine. */
  containers: readonly { jobId: string; runKey: string }[];
  /** Instant (ms) at which the jobs were read. */
  at: number;
}

/** What is known of a campaign in S3, Temporal and Batch, read at about the same time. */
export interface CheckedFacts extends OrphanFacts {
  campaign: string;
  phase: Phase;
  /** All rounds that were handed in or added. */
  rounds: readonly Round[];
  /** The ledger by submission, oldest record first. */
  records: ReadonlyMap<string, readonly RecordedRound[]>;
  canaries: readonly CanaryReport[];
  /** The number of records of each submission in the last publication; undefined: none, or by an older version. */
  published: Readonly<Record<string, { records: number }>> | undefined;
  workflows: readonly WorkflowFact[];
  jobs: readonly JobFact[];
  /** The jobs that wrote the outcomes, by run key. */
  outcomes: ReadonlyMap<string, string>;
  /** What the campaign's workflow itself counts; undefined if it does not run or does not answer. */
  progress: CountedProgress | undefined;
  /** What this machine still has of the campaign's jobs; empty if their machines cannot be looked at. */
  remains: readonly Remains[];
  /** Objects of the record that are not what Holdout wrote. */
  changed: readonly ChangedObject[];
}

/** `running`: its workflow runs; `stopped`: it does not, though rounds are open; `ended`: every round has a record. */
export type Phase = 'running' | 'stopped' | 'ended';

export interface Round {
  submission: string;
  /** 1 for the hand-in. */
  sequence: number;
}

/** What the rules read of a ledger record. */
export interface RecordedRound {
  state: FinalState;
  reason: Reason | null;
  runs: readonly RunRecord[];
}

/** A workflow of a submission or a canary. */
export interface WorkflowFact {
  workflowId: string;
  /** The id of the submission, or the place of a class's canaries in run keys. */
  member: string;
  /** The class of a canary; undefined for a submission. */
  canaryOf: string | undefined;
  /** The submission's round, or the canary's number; undefined if nobody had to know. */
  sequence: number | undefined;
  /** `failed`: it ended without a result, for example because it was terminated. */
  status: 'running' | 'completed' | 'failed';
  /** How it says that its round ended: a reason, or `finished`; undefined while it runs. */
  outcome: string | undefined;
  /** The key of the run whose job it waits for; undefined if it waits for none. */
  awaits: string | undefined;
}

/** A job of Batch. Instants in ms. */
export interface JobFact {
  jobId: string;
  runKey: string;
  state: 'waiting' | 'running' | 'ended';
  startedAt: number | null;
  /** Of its container; null if it has none. */
  exitCode: number | null;
  /** Of its ended attempts. */
  billedSeconds: number;
}

/** The counts of a running campaign. `open`: rounds without a result; `spent`: micro-dollars. */
export interface CountedProgress {
  open: number;
  spent: number;
}

/** Something that a job left on this machine: `what` is its name there. */
export interface Remains {
  kind: 'container' | 'process' | 'control group' | 'mount' | 'folder';
  jobId: string;
  what: string;
}

/** An object that is not what Holdout wrote. `part`: what it belongs to, which decides the invariant. */
export interface ChangedObject {
  part: 'run' | 'board' | 'record' | 'claim' | 'money';
  bucket: string;
  key: string;
  what: string;
}
