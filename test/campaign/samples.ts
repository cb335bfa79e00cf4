import type { FrozenCampaign, InstanceClass, Limits } from '../../src/campaign/model/frozen-campaign.ts';
import { unknownNeeds, type Needs } from '../../src/campaign/evaluation/needs.ts';
import type { ResourceProfile } from '../../src/campaign/evaluation/resource-profile.ts';
import type { RunOutcome } from '../../src/campaign/model/run-outcome.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';

/** Classes and limits like those of the reference case. */
const row = (name: string, change: Partial<InstanceClass>): InstanceClass => ({
  name,
  kind: 'gpu',
  gpu: 'nvidia',
  queue: `holdout-${name}`,
  vcpus: 4,
  memoryMiB: 15_000,
  microUsdPerHour: 526_000,
  relativeSpeed: 1,
  slots: 85,
  purchase: 'on-demand',
  runnableLimitSeconds: 21_600,
  ...change,
});

export const g4 = row('g4dn.xlarge', { gpuMemoryMiB: 15_109 });
export const p3 = row('p3.2xlarge', {
  gpuMemoryMiB: 16_160,
  memoryMiB: 60_000,
  microUsdPerHour: 3_060_000,
  relativeSpeed: 2.14,
  slots: 20,
});
const { gpu: _, ...withoutGpu } = row('c4.4xlarge', { kind: 'cpu', memoryMiB: 29_000, slots: 20 });
export const c4: InstanceClass = { ...withoutGpu, microUsdPerHour: 796_000, wallClockSeconds: 24 * 3600 };

export const classes = [g4, c4, p3];

export const limits: Limits = {
  ...frozenCampaign().limits,
  wallClockSeconds: 9 * 3600,
  wallClockOn: 'p3.2xlarge',
  memoryMiB: 14 * 1024,
  attempts: 3,
  platformRuns: 5,
};

export const caseCampaign = (change: Partial<FrozenCampaign> = {}): FrozenCampaign => ({
  ...frozenCampaign(),
  limits,
  instanceClasses: classes,
  ...change,
});

/** The profile of a probe on a T4: it fits there, at 9 s per item. */
export const probed = (change: Partial<ResourceProfile> = {}, rest: Partial<Needs> = {}): Needs => ({
  ...unknownNeeds,
  ...rest,
  profile: {
    usesGpu: true,
    gpuMemoryMiB: 8_000,
    device: null,
    saturating: false,
    startUpSeconds: null,
    secondsPerItem: 9,
    measuredAtSpeed: 1,
    hostPeakMiB: null,
    imageBytes: null,
    ...change,
  },
});

/** A successful run on a T4: exit code 0, predictions collected, a third of the device used. */
export const goodOutcome: RunOutcome = {
  version: 1,
  runKey: 'case/a/1',
  jobId: 'job',
  imageDigest: 'sha256:0',
  imageBytes: 2_000_000_000,
  startedAt: '2026-01-01T00:00:00.000Z',
  stoppedAt: '2026-01-01T01:00:00.000Z',
  seconds: 3600,
  end: { kind: 'exited', exitCode: 0 },
  memory: { limitMiB: 14_336, peakMiB: 4_000, outOfMemory: 'none' },
  device: { totalMiB: 15_109, idleMiB: 0, peakMiB: 5_000, driver: '450.80.02' },
  output: { bytes: 100, full: false, growth: [] },
  predictions: { kind: 'collected', key: 'case/a/1/predictions.csv', bytes: 100, sha256: '0' },
  shorterRun: null,
  log: { bytes: 0, keptBytes: 0, tail: '' },
};

export const outcome = (change: Partial<RunOutcome>): RunOutcome => ({ ...goodOutcome, ...change });
