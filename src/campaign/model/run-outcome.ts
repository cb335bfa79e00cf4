/** outcome.json: the facts of a run, written last by the runner and never by the submission. */
export interface RunOutcome {
  version: 1;
  runKey: string;
  jobId: string;
  /** Digest that the runner verified before the start, `sha256:…`. */
  imageDigest: string;
  /** Unpacked size, as the engine counts it; null when the run was stopped before its image was loaded. */
  imageBytes: number | null;
  /** Container start and end on the runner's clock, ISO instants; null when the container never started. */
  startedAt: string | null;
  stoppedAt: string | null;
  /** Seconds between the two by a monotonic clock; 0 when it never started. */
  seconds: number;
  end: ContainerEnd;
  memory: {
    limitMiB: number;
    /** Peak including page cache; reported, but not evidence. Null when it cannot be read. */
    peakMiB: number | null;
    /** The engine's or kernel's record. `unknown`: this host keeps none. Exit code 137 and a full cgroup prove nothing. */
    outOfMemory: 'killed' | 'none' | 'unknown';
  };
  /**
   * Null on a class without a device. Measured from outside the container. `idleMiB` is the lowest use seen, which is the use
   * before the start; `peakMiB` includes it. Of several devices, it is the fullest one.
   */
  device: (DeviceUse & { driver: string; all?: DeviceUse[] }) | null;
  /** Names of the image's variables that the submission did not receive, at most 50. Contestant's text. */
  withheld?: string[];
  /** `full`: the submission filled its capped /output. */
  output: { bytes: number; full: boolean; growth: GrowthPoint[] };
  predictions: CollectedPredictions;
  /**
   * Second run of a probe on fewer items, made when its rows do not separate start-up from items. Null when it was not needed
   * or failed.
   */
  shorterRun: { items: number; seconds: number } | null;
  log: {
    /** Bytes printed, and bytes kept (head and tail) in stdout.log. */
    bytes: number;
    keptBytes: number;
    /** sha256 (hex) of the object stdout.log; absent in older outcomes, and if no log was written. */
    sha256?: string;
    /**
     * The last lines, at most 16 KiB, invalid UTF-8 replaced. Contestant's text: a hint, never proof. Empty if the log is
     * sealed, which has it.
     */
    tail: string;
    /** What the last lines report; only if the log is sealed. */
    hints?: LogHints;
  };
}

/** The memory that a message reports as full. */
export type FullMemory = 'device' | 'memory' | 'shared-memory';

/** What the last lines of a log report about the run, as far as verdicts use it. A hint, never proof. */
export interface LogHints {
  /** By the last message about memory; null without one. */
  fullMemory: FullMemory | null;
  readOnlyFileSystem: boolean;
}

/** The memory of a device. `all` of an outcome has one for each device if there are several, in the order of the driver. */
export interface DeviceUse {
  totalMiB: number;
  idleMiB: number;
  peakMiB: number;
}

/**
 * Size of the predictions file at an instant, as a share of its final size; both rise, at most {@link maxGrowthPoints}.
 * Seconds count from shortly before the container's start. The submission controls the file, so this is a hint for
 * estimates, never proof.
 */
export interface GrowthPoint {
  seconds: number;
  share: number;
}

/** Most points kept of the growth of a predictions file. */
export const maxGrowthPoints = 64;

/** How the container of a run ended. */
export type ContainerEnd =
  | { kind: 'exited'; exitCode: number }
  | { kind: 'time-limit' }
  /** SIGTERM reached the runner: cancelled, Batch's time-out, or the machine going away. */
  | { kind: 'stopped' }
  /** The engine refused the container, e.g. a missing entry point (team) or full storage (platform). */
  | {
      kind: 'never-started';
      fault: 'team' | 'platform';
      /** Absent in older outcomes. */
      cause?: StartCause;
      /** Holdout's words for the team's faults; the engine's last words for the platform's. */
      detail: string;
    };

/** Why a container did not start. The last six are platform faults. */
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

/** Whether the runner collected the predictions file. */
export type CollectedPredictions =
  /** `bytes`: as the submission wrote them; `sha256` (hex): of the object, sealed if the spec says so. */
  | { kind: 'collected'; key: string; bytes: number; sha256: string }
  | { kind: 'missing' }
  | { kind: 'refused'; why: 'link' | 'not-a-file' | 'too-large' };

/** trouble.json: the error that kept the runner from writing an outcome. */
export interface RunnerError {
  version: 1;
  jobId: string;
  /** Code from the error catalogue, or `UNEXPECTED`. */
  code: string;
  message: string;
}

/** Exit codes of the runner: outcome.json is written; another job holds the run; platform error, no outcome. */
export const runnerExit = { done: 0, duplicate: 64, error: 70 } as const;
