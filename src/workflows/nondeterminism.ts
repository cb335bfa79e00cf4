/**
 * A workflow whose history does not fit its code can go on no more. Code that changed does that, and so can a worker that
 * dies while somebody asks a question: Temporal hands the question to the next worker with events that no workflow task had
 * taken yet, and from then on that worker goes on from a state that no replay comes to (sdk-core 1.24, history_update.rs:
 * events after the last workflow task are applied for a query). A campaign then ends this run and opens again from S3, as
 * after the loss of its workflow; its submissions go on meanwhile.
 */

/** For workers: such a campaign fails. Any other is tried again for ever, until its code is mended. */
export const failOnNondeterminism = { '*': [], campaign: ['NondeterminismError'] };

/** For whoever starts a campaign: what failed is followed by a run of its own, unless it failed for good. */
export const retryAfterNondeterminism = { initialInterval: '1 second', maximumInterval: '60 seconds' } as const;
