/** An effect that a program has on the world outside it. */
interface Effect {
  /** `<activity>.<effect>` or `<program>.<effect>`; its crash points are this name with `.before` and `.after`. */
  name: string;
  what: string;
}

const effects = (lines: Record<string, string>): Effect[] =>
  Object.entries(lines).map(([name, what]) => ({ name, what }));

/**
 * The effects that the lane of crash points meets, in the order in which a workflow of each kind has them. Pairs of neighbours are
 * those next to each other in one list.
 */
export const chains: Record<'submission' | 'cancelled' | 'terminated' | 'canary' | 'campaign' | 'worker', Effect[]> = {
  submission: effects({
    'pullImage.store-image': 'An accepted image appears in the image store.',
    'submitBatchJob.write-spec': 'The spec of a run.',
    'submitBatchJob.submit-job': 'The job of a run.',
    'awaitBatchJob.write-claim': 'The claim of a run that has ended or is given up, so that no other job can begin it.',
    'probeGpuMemory.write-bases': 'What a probe says about a base image.',
    'scoreOutput.write-scores': 'The score of the predictions.',
    'recordResult.write-ledger': 'The record of a round.',
    'recordResult.signal': 'The report to the campaign.',
  }),
  cancelled: effects({
    'awaitBatchJob.terminate-job': 'The end of the job of a run that is given up.',
  }),
  terminated: effects({
    'reconcile.write-claim': 'The claim of a run whose workflow is gone.',
    'reconcile.terminate-job': 'The end of its job.',
    'reconcile.write-ledger': 'The record of its round.',
  }),
  canary: effects({
    'submitCanary.write-spec': 'The spec of a canary.',
    'submitCanary.submit-job': 'The job of a canary.',
    'awaitCanary.write-claim': 'The claim of a canary that has ended.',
    'recordCanary.write-canaries': 'The record of a canary.',
  }),
  campaign: effects({
    'takeStock.write-work': 'The work list of a start.',
    'recordActs.write-acts': 'A command in the log of the operators.',
    'cancelQueued.write-ledger': 'The record of a round that was cancelled before its turn.',
    'takeRounds.write-work': 'The work list of added rounds.',
    'publishResults.write-leaderboard': 'The leaderboard.',
    'publishResults.write-results': 'The results.',
    'publishResults.write-heads': 'The digests of the newest records.',
  }),
  worker: effects({
    'worker.write-codec-keys': 'The check value of a key, at the start of a worker.',
  }),
};

/** The effects of a runner, in their order. */
export const runnerEffects = effects({
  'runner.write-claim': 'The claim of the run.',
  'runner.copy-image': 'The image in the storage of the engine, under a name for images that are not checked yet.',
  'runner.tag-image': 'Its own name, once it is checked.',
  'runner.untag-image': 'The name for images that are not checked is gone.',
  'runner.mount': 'What the container sees, mounted on the host.',
  'runner.create-container': 'The container, which does not run yet.',
  'runner.run-container': 'The container runs; `after`: it has ended.',
  'runner.remove-container': 'The container is gone.',
  'runner.unmount': 'A mount is gone.',
  'runner.write-stdout': 'The log.',
  'runner.write-predictions': 'The predictions.',
  'runner.write-outcome': 'The outcome.',
});

/**
 * Effects that depend on the instant of a crash or on a trouble that the lane does not make. They have points like all others; the
 * lane does not ask for them.
 */
export const elsewhere = effects({
  'submitBatchJob.write-claim': 'A run is withdrawn, or Batch refuses its job.',
  'submitCanary.write-claim': 'A canary is withdrawn, or Batch refuses its job.',
  'awaitCanary.terminate-job': 'A canary is cancelled.',
  'endJobs.write-claim': 'The submission or the following of a run fails for good.',
  'endJobs.terminate-job': 'The same.',
  'pullImage.copy-image': 'The image store is a registry.',
  'pullImage.write-scans': 'The host scans images.',
  'publishResults.write-ledger': 'The campaign is closed or aborted.',
  'publishResults.request-cancel': 'The campaign is aborted just after it lost its state.',
});

/** Every activity tells the campaign when it keeps failing, and when it no longer does. */
export const isStuckReport = (point: string): boolean => /^\w+\.signal\.(?:before|after)$/.test(point);

export const pointsOf = (list: readonly Effect[]): string[] =>
  list.flatMap(({ name }) => [`${name}.before`, `${name}.after`]);

/** Every crash point of the lane. */
export const lanePoints: string[] = Object.values(chains).flatMap(pointsOf);

/** Every pair of neighbours, as `first+second`. */
export const lanePairs: string[] = Object.values(chains).flatMap((chain) => {
  const points = pointsOf(chain);
  return points.slice(1).map((second, place) => `${points[place]}+${second}`);
});
