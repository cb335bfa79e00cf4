import type { FrozenCampaign } from '../../../src/campaign/model/frozen-campaign.ts';

/** A campaign like the case: G4 with P3 as the fallback and a CPU class; generous in money and time. */
export const frozenCampaign = (): FrozenCampaign => ({
  version: 1,
  campaign: 'case',
  metric: 'log-loss',
  predictions: { file: 'predictions.csv', id: 'filename', value: 'label', maxBytes: 1_000_000, missing: 'reject' },
  testSet: {
    indexKey: 'case/testset/0/index.json',
    files: { bucket: 'inputs', prefix: 'case/testset/0/files/' },
    digest: '0',
    items: 120,
    bytes: 1,
  },
  sampleSet: {
    indexKey: 'case/sample/0/index.json',
    files: { bucket: 'inputs', prefix: 'case/sample/0/files/' },
    digest: '0',
    items: 12,
    bytes: 1,
  },
  labels: { bucket: 'labels', key: 'case/labels', digest: '0' },
  manifest: { key: 'case/manifest.json', digest: '0', submissions: 0, teams: 0 },
  deadline: '2099-01-01T00:00:00.000Z',
  deadlineAsWritten: '2099-01-01T00:00:00.000Z',
  budget: { microUsd: 1_000_000_000, rerunReserveShare: 0 },
  limits: {
    wallClockSeconds: 600,
    wallClockOn: 'p3',
    memoryMiB: 256,
    pids: 64,
    outputBytes: 1_000_000,
    imageBytes: 1_000_000_000,
    sharedMemoryMiB: 64,
    attempts: 3,
    platformRuns: 2,
  },
  leaderboard: { perTeam: 'best', ties: 'earliest', order: 'ascending' },
  fairness: { perTeamInFlight: 2, seed: 1, weights: {} },
  instanceClasses: [
    instanceClass('g4', { gpuMemoryMiB: 48, microUsdPerHour: 526_000, relativeSpeed: 1, slots: 2 }),
    instanceClass('p3', { gpuMemoryMiB: 64, microUsdPerHour: 3_060_000, relativeSpeed: 2, slots: 1 }),
  ],
});

type ClassRow = FrozenCampaign['instanceClasses'][number];

const instanceClass = (name: string, row: Partial<ClassRow>): ClassRow => ({
  name,
  kind: 'gpu',
  gpu: 'emulated',
  queue: `holdout-${name}`,
  vcpus: 1,
  memoryMiB: 2_048,
  microUsdPerHour: 1,
  relativeSpeed: 1,
  slots: 1,
  purchase: 'on-demand',
  runnableLimitSeconds: 21_600,
  ...row,
});
