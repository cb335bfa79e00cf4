/** At most this many stuck submissions are listed with their cause and give back their preparing place. */
export const mostStuck = 50;

/** A step of the campaign itself that failed this often is stuck; fewer failures may come from a restart. */
export const stuckAfterFailures = 3;
