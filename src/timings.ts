/** How long processes wait, in milliseconds. */
export interface Timings {
  /** Between two polls of DescribeJobs. */
  poll: number;
  awaitHeartbeatTimeout: number;
  submitHeartbeatTimeout: number;
  /** Longest delay until ListJobs shows an accepted job. */
  listSettle: number;
  /** Between two checks for submissions whose report was lost. */
  reconcile: number;
  /** An activity that no worker has taken for this long is reported; image copies, of which few run at a time, after ten times as long. */
  untaken: number;
}

/** For a stack on AWS. */
export const remoteTimings: Timings = {
  poll: 15_000,
  awaitHeartbeatTimeout: 60_000,
  submitHeartbeatTimeout: 30_000,
  listSettle: 60_000,
  reconcile: 300_000,
  untaken: 600_000,
};

/** For the embedded stack, where everything is local. */
export const embeddedTimings: Timings = {
  poll: 1_000,
  awaitHeartbeatTimeout: 10_000,
  submitHeartbeatTimeout: 10_000,
  listSettle: 3_000,
  reconcile: 15_000,
  untaken: 60_000,
};

/**
 * Of a query to a workflow. Below the 10 s after which Temporal passes a query that a dead worker did not answer to another one.
 * That one would answer from events that no workflow task has processed yet, and then continue from there, see
 * workflows/nondeterminism.ts.
 */
export const queryDeadlineMs = 5_000;
