/**
 * The frozen campaign (campaign.json and manifest.json), which the first start writes to S3 and everything later reads: the
 * campaign file with all defaults, durations in seconds, sizes in bytes or MiB, money in micro-dollars, inputs by digest.
 */

import type { classKinds, GpuKind, Isolation } from './classes/instance-class-kinds.ts';
import type { LayoutName } from './layouts.ts';
import type { Metric } from './metrics.ts';

/** A probe runs on the sample set, an evaluation on the test set. */
export type Purpose = 'probe' | 'evaluation';
/** Whether a submission may write to its image's own files; docs/submissions/layouts.md explains `writable`. */
export type RootFilesystem = 'read-only' | 'writable';

/** One type of machine behind one Batch queue. */
export interface InstanceClass {
  name: string;
  /** Its EC2 instance type, if the campaign file names it: see instance-types.ts. */
  type?: string;
  /** The class for which it is used when that has no machine, if the campaign file lists it under that class's `capacity`. */
  capacityOf?: string;
  kind: (typeof classKinds)[number];
  /** Only on `kind: 'gpu'`. */
  gpu?: GpuKind;
  /** Absent: the usual runtime of the engine. */
  isolation?: Isolation;
  queue: string;
  /** GPUs that a submission gets; absent: one on `kind: 'gpu'`. Read it with {@link gpusOf}. */
  gpus?: number;
  /** Usable memory of one device in MiB. Only on `kind: 'gpu'`. */
  gpuMemoryMiB?: number;
  vcpus: number;
  memoryMiB: number;
  microUsdPerHour: number;
  /** Work per hour relative to a class of speed 1 of the same kind. */
  relativeSpeed: number;
  slots: number;
  purchase: 'on-demand' | 'spot';
  /**
   * Only on Spot: a submission that has lost this many machines gets on-demand ones, and so does one whose deadline is near.
   * Absent in older campaigns, whose runs stay on Spot.
   */
  onDemandAfter?: number;
  /** The promised wall clock on this class. CPU classes state their own; others are scaled from `limits`. */
  wallClockSeconds?: number;
  /** How long a job may stay RUNNABLE before it is abandoned, uncharged. */
  runnableLimitSeconds: number;
}

/** The limits promised to every team and enforced on every run. */
export interface Limits {
  wallClockSeconds: number;
  /** The class on which `wallClockSeconds` is promised. */
  wallClockOn: string;
  memoryMiB: number;
  pids: number;
  outputBytes: number;
  imageBytes: number;
  /** Most bytes that an image's layers may unpack to. Absent in older campaigns; read it with {@link unpackedBytesOf}. */
  unpackedBytes?: number;
  sharedMemoryMiB: number;
  /** Evaluation runs charged to the team. */
  attempts: number;
  /** Runs repeated for platform faults. */
  platformRuns: number;
}

/** The unpacked size limit of an image: by default three times the limit of the image itself. */
export const unpackedBytesOf = (limits: { imageBytes: number; unpackedBytes?: number | undefined }): number =>
  limits.unpackedBytes ?? 3 * limits.imageBytes;

/** The required format of a predictions file. */
export interface PredictionsFormat {
  file: string;
  id: string;
  value: string;
  maxBytes: number;
  /** `reject`, or the value that replaces a missing row. */
  missing: 'reject' | number;
}

/** A set of inputs: its index in the inputs bucket ({@link InputIndex}), and each of its files at `<prefix><name>`. */
export interface InputSet {
  indexKey: string;
  files: { bucket: string; prefix: string };
  /** sha256 (hex) of the index. */
  digest: string;
  items: number;
  bytes: number;
}

/** The content of an input set's index.json, sorted by name. */
export interface InputIndex {
  files: { name: string; bytes: number; sha256: string }[];
}

/** The host's own scanner of images: docs/submissions/images.md. */
export interface ImageScan {
  /** Words, without a shell: the program on the workers' machines and its arguments. */
  command: string[];
  /** `refuse`: an image with findings never runs. `flag`: it runs, and the findings are shown. */
  onFinding: 'refuse' | 'flag';
}

/** The rules of the leaderboard. */
export interface Leaderboard {
  perTeam: 'best' | 'last';
  ties: 'earliest' | 'shared';
  order: 'ascending' | 'descending';
}

/** campaign.json. */
export interface FrozenCampaign {
  version: 1;
  campaign: string;
  metric: Metric;
  predictions: PredictionsFormat;
  /** Absent: `holdout`. */
  layout?: LayoutName;
  /** `args` replaces the images' CMD, `command` their ENTRYPOINT and CMD. Placeholders are not filled in yet. */
  args?: string[];
  command?: string[];
  /** Absent: `read-only`. */
  rootFilesystem?: RootFilesystem;
  testSet: InputSet;
  /** Absent: submissions are not probed and start on the cheapest class. */
  sampleSet?: InputSet;
  /** Readable only by the scorer. `digest` is sha256 (hex). */
  labels: { bucket: string; key: string; digest: string };
  manifest: { key: string; digest: string; submissions: number; teams: number };
  /** ISO instant. */
  deadline: string;
  /** As written in the file. A duration counts from the first start, so later starts compare this text. */
  deadlineAsWritten: string;
  budget: { microUsd: number; rerunReserveShare: number };
  limits: Limits;
  /** Absent: images are not scanned by the host. */
  scan?: ImageScan;
  leaderboard: Leaderboard;
  fairness: { perTeamInFlight: number; seed: number; weights: Record<string, number> };
  /** In order of price, cheapest first. */
  instanceClasses: InstanceClass[];
  /**
   * Public Ed25519 key, PEM; whoever made the first start has the private one and signs what `verify` finds. Absent in older
   * campaigns and in pilots.
   */
  recordKey?: string;
  /**
   * For whom outputs and logs are sealed: an age recipient (`age1…`). Absent in older campaigns, whose outputs and logs are
   * plain.
   */
  seal?: string;
  /** `pseudonyms`: operators see {@link Pseudonym}s until the results are published. Absent in older campaigns: `shown`. */
  teamNames?: TeamNames;
}

/** Whether operators see the names of teams and submissions before the results are published. */
export type TeamNames = (typeof teamNameChoices)[number];
export const teamNameChoices = ['pseudonyms', 'shown'] as const;

/** What operators see of a submission and of its team, such as `team-k7m4x/2` and `team-k7m4x`. */
export interface Pseudonym {
  submission: string;
  team: string;
}

/** One row of the submissions file. */
export interface Submission {
  submission: string;
  team: string;
  teamName: string;
  /** ISO instant. */
  submittedAt: string;
  image: SubmittedImage;
  publicScore?: number;
  /** Replaces the campaign's. */
  args?: string[];
  command?: string[];
  /** Only in campaigns with `teamNames: 'pseudonyms'`. */
  pseudonym?: Pseudonym;
}

/**
 * Location of a submitted image: an archive in S3, or a registry reference (`docker://…`) with the digest (`sha256:…`) that
 * it had when the campaign was frozen. Older campaigns have no digest.
 */
export type SubmittedImage =
  | { kind: 'archive'; bucket: string; key: string; sha256: string }
  | { kind: 'registry'; reference: string; digest?: string };

/** manifest.json: the submissions by team, teams and submissions in the order of the file. */
export interface Manifest {
  version: 1;
  teams: { team: string; teamName: string; submissions: Submission[] }[];
}
