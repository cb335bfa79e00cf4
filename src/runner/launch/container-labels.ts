/**
 * The labels of the containers on a Batch host. The host's reaper goes by them: it ends a runner whose launcher is gone and a
 * submission whose runner is gone.
 */
export const containerLabels = {
  /** On a runner: its job's id. */
  runner: 'holdout.runner',
  /** On a runner: the id of the launcher's container, which Batch started. */
  launcher: 'holdout.launcher',
  /** On a submission: its run key. */
  run: 'holdout.run',
  /** On a submission: its job's id. */
  job: 'holdout.job',
} as const;
