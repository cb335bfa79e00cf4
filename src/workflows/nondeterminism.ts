/**
 * A workflow whose history does not fit its code cannot continue. The code may have changed, or a worker may have died while a
 * query was pending: Temporal then hands the query to the next worker with events that no workflow task has taken yet, and that
 * worker continues from a state that no replay reaches (sdk-core 1.24, history_update.rs: events after the last workflow task
 * are applied for a query). A campaign then ends this run and is restored from S3 as if its workflow were lost; its submissions
 * continue meanwhile.
 */

/** For workers: such a campaign fails. Other workflows are retried until their code is fixed. */
export const failOnNondeterminism = { '*': [], campaign: ['NondeterminismError'] };

/** For starting a campaign: a failed run is followed by another one, unless its failure is marked as non-retryable. */
export const retryAfterNondeterminism = { initialInterval: '1 second', maximumInterval: '60 seconds' } as const;
