import type { Reason } from './reasons.ts';

/** What a canary says about its class. */
export type CanaryVerdict =
  | { kind: 'holds' }
  /** `words`: which controls do not hold, and what the program found. */
  | { kind: 'broken'; words: string }
  /** It left no outcome. `cause`: equal for equal faults. */
  | { kind: 'no-outcome'; reason: Reason; cause: string };

/** The end of a canary with its cost: the record in the results bucket, and the child's message to its campaign. */
export interface CanaryReport {
  class: string;
  /** 1 for the first canary on the class. */
  n: number;
  jobId: string | null;
  verdict: CanaryVerdict;
  billedSeconds: number;
  costMicroUsd: number;
}
