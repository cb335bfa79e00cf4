import type { ContainerEnd } from '../../campaign/model/run-outcome.ts';
import type { ProgramFindings } from './program/hostile-program.ts';

/** What a drill showed: the hostile program's own report, and what was seen from outside. */
export interface DrillEvidence {
  /** Undefined if the program left none, or one that is none. */
  findings: ProgramFindings | undefined;
  outside: Outside;
  expected: Expected;
}

/** Nothing of this comes from the container. */
export interface Outside {
  end: ContainerEnd;
  /** Targets on this host at which a connection arrived. */
  reached: readonly string[];
  outOfMemory: 'killed' | 'none' | 'unknown';
  peakMiB: number | null;
  /** Most processes in the run's control group at one time; null if it has none of its own, or nobody counted them. */
  processes: number | null;
  /** The output is a file system of its own that got full; bytes used in it. */
  output: { full: boolean; bytes: number };
  /** `uid:gid` of the report; undefined if there is none. */
  owner: string | undefined;
  inputsChanged: boolean;
}

/** What the confinement promises. */
export interface Expected {
  /** `uid:gid` */
  user: string;
  memoryMiB: number;
  sharedMemoryMiB: number;
  temporaryMiB: number;
  processes: number;
  /** Processors that it may use at a time. */
  processors: number;
  outputBytes: number;
  input: string;
  output: string;
  /** Names that the environment may have beside PATH, HOME and HOSTNAME. */
  variables: readonly string[];
}
