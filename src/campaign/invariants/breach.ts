import type { Remains } from './facts.ts';

/** I1 nothing lost; I2 one final state; I3 no paid work twice; I4 nothing left over. */
export const invariants = ['I1', 'I2', 'I3', 'I4'] as const;
export type Invariant = (typeof invariants)[number];

/** A broken invariant with its evidence. Money in micro-dollars. */
export type Breach = LostBreach | StateBreach | PaidBreach | LeftBreach | ObjectBreach;

export type LostBreach = { invariant: 'I1' } &
  /** A round without a record that no workflow continues. */
  (
    | { kind: 'round-lost'; submission: string; sequence: number }
    /** A workflow has completed its round, whose record is not there. `submission`: null for a canary, whose number is `sequence`. */
    | { kind: 'record-lost'; submission: string | null; sequence: number; workflow: string }
    /** The running campaign counts fewer open rounds than have no record. */
    | { kind: 'rounds-forgotten'; open: number; counted: number }
    /** The last publication of an ended campaign lacks records. */
    | { kind: 'not-published'; submission: string; records: number; published: number }
  );

export type StateBreach = { invariant: 'I2'; submission: string; sequence: number } &
  /** The record's state is no final one, or its reason does not belong to it. */
  (
    | { kind: 'no-final-state'; state: string; reason: string | null }
    /** A workflow says that its round ended otherwise than the record says. */
    | { kind: 'other-state'; workflow: string; recorded: string; outcome: string }
  );

export type PaidBreach = { invariant: 'I3' } &
  /** A job without the run's claim did work. `holder`: who has the claim; null: nobody. */
  (
    | { kind: 'worked-without-claim'; run: string; job: string; holder: string | null }
    /** The claim's holder is not a job of the run, though Batch knows others. */
    | { kind: 'claim-of-stranger'; run: string; job: string; jobs: string[] }
    | { kind: 'outcome-of-other'; run: string; job: string; holder: string | null }
    | { kind: 'seconds-differ'; run: string; recorded: number; billed: number; jobs: string[] }
    /** The ledger books a job for a run, and Batch knows it as a job of another. */
    | { kind: 'job-of-other-run'; run: string; job: string; other: string }
    | { kind: 'job-booked-twice'; job: string; runs: string[] }
    | { kind: 'run-booked-twice'; run: string; records: number[] }
    /** A successful evaluation was repeated in the same round. */
    | { kind: 'retry-without-reason'; run: string; first: string }
    /** What the running campaign has spent is not what the ledger books. */
    | { kind: 'spent-differs'; spent: number; recorded: number }
  );

export type LeftBreach = { invariant: 'I4' } & (
  | { kind: 'job-left'; run: string; job: string }
  | { kind: 'workflow-left'; workflow: string }
  /** A job that nobody booked. */
  | { kind: 'unpaid-job'; run: string; job: string; billed: number }
  | { kind: 'remains'; remains: Remains['kind']; what: string; job: string }
);

export interface ObjectBreach {
  invariant: 'I1' | 'I2' | 'I3';
  kind: 'object';
  bucket: string;
  key: string;
  what: string;
}
