/**
 * What the first start freezes in S3 (campaign.json and manifest.json) and everything later reads: the campaign file
 * with every default filled in, durations in seconds, sizes in bytes or MiB, money in micro-dollars, inputs by digest.
 */

import type { classKinds, GpuKind } from './instance-class-kinds.ts';
import type { LayoutName } from './layouts.ts';
import type { Metric } from './metrics.ts';

export type Purpose = 'probe' | 'evaluation';
/** What a submission may do with its image's own files; `writable` as docs/layouts.md says. */
export type RootFilesystem = 'read-only' | 'writable';

/** A row of data: one kind of machine behind one Batch queue. */
export interface InstanceClass {
  name: string;
  kind: (typeof classKinds)[number];
  /** Only on `kind: 'gpu'`. */
  gpu?: GpuKind;
  queue: string;
  /** Usable device memory in MiB. Only on `kind: 'gpu'`. */
  gpuMemoryMiB?: number;
  vcpus: number;
  memoryMiB: number;
  microUsdPerHour: number;
  /** Work per hour relative to a class of speed 1 of the same kind. */
  relativeSpeed: number;
  slots: number;
  purchase: 'on-demand' | 'spot';
  /** The promise on this class; CPU classes state their own, others are scaled from `limits`. */
  wallClockSeconds?: number;
  /** How long a job may stay RUNNABLE before it is given up, uncharged. */
  runnableLimitSeconds: number;
}

/** What is promised to every team and enforced on every run. */
export interface Limits {
  wallClockSeconds: number;
  /** The class on which `wallClockSeconds` is promised. */
  wallClockOn: string;
  memoryMiB: number;
  pids: number;
  outputBytes: number;
  imageBytes: number;
  /** What an image's layers may unpack to. Absent in campaigns frozen before there was such a limit; read it by {@link unpackedBytesOf}. */
  unpackedBytes?: number;
  sharedMemoryMiB: number;
  /** Evaluation runs charged to the team. */
  attempts: number;
  /** Re-runs for reasons that are not the team's. */
  platformRuns: number;
}

/** What an image may unpack to: three times what it may be handed in with, where the campaign says nothing else. */
export const unpackedBytesOf = (limits: { imageBytes: number; unpackedBytes?: number | undefined }): number =>
  limits.unpackedBytes ?? 3 * limits.imageBytes;

/** How a predictions file must look. */
export interface PredictionsFormat {
  file: string;
  id: string;
  value: string;
  maxBytes: number;
  /** `reject`, or the value that stands in for a missing row. */
  missing: 'reject' | number;
}

/** A set of inputs: an index in the inputs bucket ({@link InputIndex}), and its files each at `<prefix><name>`. */
export interface InputSet {
  indexKey: string;
  files: { bucket: string; prefix: string };
  /** sha256 (hex) of the index. */
  digest: string;
  items: number;
  bytes: number;
}

/** The content of an input set's index.json, entries in order of name. */
export interface InputIndex {
  files: { name: string; bytes: number; sha256: string }[];
}

export interface Leaderboard {
  perTeam: 'best' | 'last';
  ties: 'earliest' | 'shared';
  order: 'ascending' | 'descending';
}

export interface FrozenCampaign {
  version: 1;
  campaign: string;
  metric: Metric;
  predictions: PredictionsFormat;
  /** Where containers find their folders; absent: as `holdout`. */
  layout?: LayoutName;
  /** Words in the place of the images' CMD, and of their ENTRYPOINT and CMD; placeholders are not filled in. */
  args?: string[];
  command?: string[];
  /** Absent: as `read-only`. */
  rootFilesystem?: RootFilesystem;
  testSet: InputSet;
  /** Absent: submissions are not probed and start on the cheapest class. */
  sampleSet?: InputSet;
  /** Only the scorer can read them. `digest` is sha256 (hex). */
  labels: { bucket: string; key: string; digest: string };
  manifest: { key: string; digest: string; submissions: number; teams: number };
  /** ISO instant. */
  deadline: string;
  /** As the file says it: a duration counts from the first start and must not look changed at the second. */
  deadlineAsWritten: string;
  budget: { microUsd: number; rerunReserveShare: number };
  limits: Limits;
  leaderboard: Leaderboard;
  fairness: { perTeamInFlight: number; seed: number; weights: Record<string, number> };
  /** In order of price, cheapest first. */
  instanceClasses: InstanceClass[];
}

/** One row of the hand-in. */
export interface Submission {
  submission: string;
  team: string;
  teamName: string;
  /** ISO instant. */
  submittedAt: string;
  image: HandedInImage;
  publicScore?: number;
  /** In the place of the campaign's. */
  args?: string[];
  command?: string[];
}

/**
 * Where a handed-in image lies: an archive in S3, or a registry reference (`docker://…`) with the digest (`sha256:…`) that
 * it had at hand-in. Campaigns frozen before digests were kept have none.
 */
export type HandedInImage =
  | { kind: 'archive'; bucket: string; key: string; sha256: string }
  | { kind: 'registry'; reference: string; digest?: string };

/** manifest.json: the hand-in by team, teams and submissions each in the order of the file. */
export interface Manifest {
  version: 1;
  teams: { team: string; teamName: string; submissions: Submission[] }[];
}
