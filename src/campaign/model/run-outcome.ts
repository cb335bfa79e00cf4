/** outcome.json: the facts of a run, written last by the runner and never by the submission. */
export interface RunOutcome {
  version: 1;
  runKey: string;
  jobId: string;
  /** Digest the runner verified before the start, `sha256:…`. */
  imageDigest: string;
  /** Unpacked, as the engine counts it; null when the run was stopped before it had its image. */
  imageBytes: number | null;
  /** Container start and end on the runner's clock, ISO instants; null when the container never started. */
  startedAt: string | null;
  stoppedAt: string | null;
  /** Seconds between the two by a monotonic clock; 0 when it never started. */
  seconds: number;
  end: ContainerEnd;
  memory: {
    limitMiB: number;
    /** Highest use including page cache; a figure to report, not evidence. Null when it cannot be read. */
    peakMiB: number | null;
    /** The engine's or kernel's own record. `unknown`: this host keeps none. Exit 137 and a full cgroup prove nothing. */
    outOfMemory: 'killed' | 'none' | 'unknown';
  };
  /**
   * Null on a class without a device. Measured from outside the container; `idleMiB` is the least that was in use, which
   * is what was before it started, and is part of `peakMiB`.
   */
  device: { totalMiB: number; idleMiB: number; peakMiB: number; driver: string } | null;
  /** Names of variables that the image sets and the submission did not see, at most 50. Contestant's text. */
  withheld?: string[];
  /** `full`: the submission filled its capped /output. */
  output: { bytes: number; full: boolean; growth: GrowthPoint[] };
  predictions: CollectedPredictions;
  /**
   * Of a probe whose rows did not tell its start-up from its items: how long the same container then took on fewer of them.
   * Null where there was no need, or it did not end well.
   */
  shorterRun: { items: number; seconds: number } | null;
  log: {
    /** Bytes the submission printed, and bytes kept (head and tail) in stdout.log. */
    bytes: number;
    keptBytes: number;
    /** The last lines, at most 16 KiB, invalid UTF-8 replaced. Contestant's text: a hint, never proof. */
    tail: string;
  };
}

/**
 * How far the predictions file had grown at an instant, as a share of its final size; rising in both, at most
 * {@link mostGrowthPoints}. Seconds count from shortly before the container's start. The submission makes the file as it
 * likes, so this is a hint for estimates, never proof.
 */
export interface GrowthPoint {
  seconds: number;
  share: number;
}

export const mostGrowthPoints = 64;

export type ContainerEnd =
  | { kind: 'exited'; exitCode: number }
  | { kind: 'time-limit' }
  /** SIGTERM reached the runner: cancelled, Batch's time-out, or the machine going away. */
  | { kind: 'stopped' }
  /** The engine refused the container, e.g. the entry point is missing (team) or storage is full (platform). */
  | {
      kind: 'never-started';
      fault: 'team' | 'platform';
      /** Absent in outcomes that were written before causes were told apart. */
      cause?: StartCause;
      /** Of a team's fault, words of ours; of the platform's, the engine's last words. */
      detail: string;
    };

/** Why a container did not start. The last six are the platform's. */
export type StartCause =
  | 'no-command'
  | 'entry-point-missing'
  | 'entry-point-not-executable'
  | 'entry-point-for-another-machine'
  | 'interpreter-missing'
  | 'work-folder-unusable'
  | 'path-in-the-way'
  | 'environment-too-large'
  | 'configuration-unusable'
  | 'image-unknown'
  | 'storage-full'
  | 'name-in-use'
  | 'control-group'
  | 'runtime-missing'
  | 'engine';

export type CollectedPredictions =
  | { kind: 'collected'; key: string; bytes: number; sha256: string }
  | { kind: 'missing' }
  | { kind: 'refused'; why: 'link' | 'not-a-file' | 'too-large' };

/** trouble.json: what kept the runner from an outcome. Its own words; whoever reads it shortens them. */
export interface RunTrouble {
  version: 1;
  jobId: string;
  /** Of the catalogue; `UNEXPECTED` for what is not in it. */
  code: string;
  message: string;
}

/** What the runner exits with: outcome.json was written; another job holds the run; no outcome, platform trouble. */
export const runnerExit = { done: 0, duplicate: 64, trouble: 70 } as const;
