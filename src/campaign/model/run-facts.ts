import { asciiLine } from '../../safe-text.ts';
import { itemTimes, type ItemTimes } from './item-times.ts';
import type { CollectedPredictions, ContainerEnd, RunOutcome } from './run-outcome.ts';

/** The rule that decided, kept in the history instead of the contestant's text. */
export type VerdictRule =
  | 'stopped-from-outside'
  | 'engine-refused'
  | 'time-limit'
  | 'host-out-of-memory-record'
  | 'gpu-text-and-peak'
  | 'gpu-full-without-words'
  | 'killed-unexplained'
  | 'shared-memory-text'
  | 'host-memory-text'
  | 'read-only-file-system-text'
  | 'exit-code'
  | 'predictions-missing'
  | 'predictions-refused';

/**
 * The facts of one run, small enough for Temporal and the ledger: at most 1 KB as JSON. No word that a submission printed
 * or wrote is in them, so they may be shown to anybody who runs the campaign. What is null is not known.
 */
export interface RunFacts {
  /** Start and end of the container, ISO instants; of Batch's job where the run left no outcome. */
  startedAt: string | null;
  stoppedAt: string | null;
  /** Seconds that the container ran. */
  seconds: number | null;
  /** The wall-clock limit of the run, in seconds. */
  limitSeconds: number;
  /** Null when the run left no outcome. */
  end: ContainerEnd['kind'] | null;
  exitCode: number | null;
  /** The signal that an exit code of 128 + n stands for, such as `SIGKILL`. */
  signal: string | null;
  /** The rule that decided; null when the run ended well. */
  rule: VerdictRule | 'no-outcome' | null;
  memory: Pick<RunOutcome['memory'], 'limitMiB' | 'peakMiB' | 'outOfMemory'> | null;
  /** Null also on a class without a device. */
  device: Pick<NonNullable<RunOutcome['device']>, 'totalMiB' | 'idleMiB' | 'peakMiB'> | null;
  output: Pick<RunOutcome['output'], 'bytes' | 'full'> | null;
  predictions: PredictionsFound | null;
  /** Where the time went; only of a run that ended well. */
  items: ({ count: number } & ItemTimes) | null;
  batch: BatchWords | null;
}

/** What became of the predictions file: collected, missing, or why it was refused. */
export type PredictionsFound =
  Exclude<CollectedPredictions['kind'], 'refused'> | Extract<CollectedPredictions, { kind: 'refused' }>['why'];

/** What Batch says of the job that held the run. Batch sees the runner, never the submission. */
export interface BatchWords {
  statusReason: string | null;
  /** Of the runner's container, and Batch's reason for its end. */
  exitCode: number | null;
  reason: string | null;
}

/** The job that held a run, as Batch shows it. */
export type SeenJob = BatchWords & { startedAt: number | null; stoppedAt: number | null };

export interface RunSeen {
  outcome: RunOutcome | undefined;
  /** Undefined when Batch does not know the job. */
  job: SeenJob | undefined;
  rule: RunFacts['rule'];
  limitSeconds: number;
  /** Inputs that the run was given. */
  itemCount: number;
}

/** Puts together what is known of a run. Pure. */
export function runFacts({ outcome, job, rule, limitSeconds, itemCount }: RunSeen): RunFacts {
  const batch = job && {
    statusReason: plain(job.statusReason),
    // Where there is an outcome, the runner did its work and its own end says nothing.
    exitCode: outcome ? null : job.exitCode,
    reason: outcome ? null : plain(job.reason),
  };
  if (outcome === undefined) {
    return {
      startedAt: instant(job?.startedAt),
      stoppedAt: instant(job?.stoppedAt),
      ...nothingSeen,
      limitSeconds,
      rule,
      batch: batch ?? null,
    };
  }
  const { startedAt, stoppedAt, end, memory, device, output, predictions } = outcome;
  const exitCode = end.kind === 'exited' ? end.exitCode : null;
  return {
    startedAt,
    stoppedAt,
    seconds: rounded(outcome.seconds),
    limitSeconds,
    end: end.kind,
    exitCode,
    signal: exitCode === null ? null : signalOf(exitCode),
    rule,
    memory: { limitMiB: memory.limitMiB, peakMiB: memory.peakMiB, outOfMemory: memory.outOfMemory },
    device: device && { totalMiB: device.totalMiB, idleMiB: device.idleMiB, peakMiB: device.peakMiB },
    output: { bytes: output.bytes, full: output.full },
    predictions: predictions.kind === 'refused' ? predictions.why : predictions.kind,
    items: rule === null && itemCount > 0 ? itemsOf(outcome, itemCount) : null,
    batch: batch ?? null,
  };
}

const nothingSeen = {
  seconds: null,
  end: null,
  exitCode: null,
  signal: null,
  memory: null,
  device: null,
  output: null,
  predictions: null,
  items: null,
} as const;

function itemsOf(outcome: RunOutcome, count: number): RunFacts['items'] {
  const { startUpSeconds, secondsPerItem } = itemTimes(outcome, count);
  return {
    count,
    startUpSeconds: startUpSeconds === null ? null : rounded(startUpSeconds),
    secondsPerItem: Number(secondsPerItem.toPrecision(6)),
  };
}

/** Milliseconds are enough. */
const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

const instant = (ms: number | null | undefined): string | null =>
  typeof ms === 'number' ? new Date(ms).toISOString() : null;

/** Characters of Batch's texts that are kept; its longest field has 255. */
const longestWords = 200;

const plain = (text: string | null): string | null => (text === null ? null : asciiLine(text, longestWords));

/** Linux's signals on x86-64 by number, from 1 (signal(7)). */
const signals =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
    .split(' ')
    .map((name) => `SIG${name}`);

/** The signal that shells and engines report as exit code 128 + n; null for every other code. */
const signalOf = (exitCode: number): string | null => signals[exitCode - 129] ?? null;
