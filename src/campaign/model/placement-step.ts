/** The step that a run is stuck at while Batch names a reason not to place its job; see {@link StuckStep}. */
export const placementStep = 'placement';

/** Steps of a run under way: `resume` cannot repeat them. */
export const stepsOfRuns: readonly string[] = ['awaitBatchJob', placementStep];

/** Every step that a submission may be stuck at. */
export const stepsOfSubmissions: readonly string[] = [
  'openSubmission',
  'pullImage',
  'submitBatchJob',
  'probeGpuMemory',
  'scoreOutput',
  'recordResult',
  ...stepsOfRuns,
];
