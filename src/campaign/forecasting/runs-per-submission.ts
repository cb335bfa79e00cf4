/**
 * Upper limit of the runs of a submission in a forecast, close to what the retry policy allows; a sampled loss rate may be high.
 */
export const maxRuns = 10;
