/** Micro-dollars: of everything, and of probes and first evaluations. */
export interface Committed {
  all: number;
  firstRuns: number;
}

/** Micro-dollars and the share of them that only evaluations beyond a submission's first may use. */
export interface PlannedBudget {
  microUsd: number;
  rerunReserveShare: number;
}
