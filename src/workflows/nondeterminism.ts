/**
 * A workflow whose history does not fit its code cannot continue. The code may have changed, or a worker may have died while a
 * query was pending: Temporal then hands the query to the next worker with events that no workflow task has taken yet, and that
 * worker continues from a state that no replay reaches (sdk-core 1.24, history_update.rs: events after the last workflow task
 * are applied for a query). Such a run of a workflow ends. A campaign is then restored from S3 as if its workflow were lost; its
 * submissions continue meanwhile. A submission is reopened from S3 with the runs that it has; its jobs continue meanwhile. A
 * canary is started again by its campaign, and adopts its job.
 */

const misfit = ['NondeterminismError'];

/** For workers: which failures end a run of a workflow. After all others, it repeats its step until its code is fixed. */
export const failOnNondeterminism = { '*': [], campaign: misfit, submission: misfit, canary: misfit };

/** For starting a campaign or a submission: a failed run is followed by another one, unless its failure is marked as non-retryable. */
export const retryAfterNondeterminism = { initialInterval: '1 second', maximumInterval: '60 seconds' } as const;
