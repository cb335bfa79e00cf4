/** What every log line of this workflow has besides its id; each workflow has an instance of its own. */
export const logFields: {
  /** The number of the newest run. */
  run?: number;
} = {};
