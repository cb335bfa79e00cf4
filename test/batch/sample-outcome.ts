import type { ContainerEnd, RunOutcome } from '../../src/campaign/model/run-outcome.ts';

/** The outcome of a run that took twelve and a half seconds. */
export const sampleOutcome = (runKey: string, jobId: string, end: ContainerEnd): RunOutcome => ({
  version: 1,
  runKey,
  jobId,
  imageDigest: 'sha256:0',
  imageBytes: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  stoppedAt: '2026-01-01T00:00:12.500Z',
  seconds: 12.5,
  end,
  memory: { limitMiB: 256, peakMiB: 20, outOfMemory: 'none' },
  device: null,
  output: { bytes: 10, full: false, growth: [] },
  predictions: { kind: 'collected', key: `${runKey}/predictions.csv`, bytes: 10, sha256: '0' },
  shorterRun: null,
  log: { bytes: 0, keptBytes: 0, tail: '' },
});
