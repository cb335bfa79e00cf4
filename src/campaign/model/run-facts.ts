import { asciiExcerpt } from '../../safe-text.ts';
import { itemTimes, type ItemTimes } from './item-times.ts';
import type { CollectedPredictions, ContainerEnd, DeviceUse, RunOutcome } from './run-outcome.ts';

/** The rule that decided a verdict; the history keeps it instead of the contestant's text. */
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
 * The facts of one run, small enough for Temporal and the ledger: at most 1.5 KB as JSON. They contain nothing that a submission
 * printed or wrote, so every operator of the campaign may see them. Null means unknown.
 */
export interface RunFacts {
  /** Start and end of the container, or of the Batch job if the run left no outcome; ISO instants. */
  startedAt: string | null;
  stoppedAt: string | null;
  seconds: number | null;
  /** The wall-clock limit of the run, in seconds. */
  limitSeconds: number;
  /** Null when the run left no outcome. */
  end: ContainerEnd['kind'] | null;
  exitCode: number | null;
  /** The signal that an exit code of 128 + n stands for, such as `SIGKILL`. */
  signal: string | null;
  /** The rule that decided the verdict; null when the run succeeded. */
  rule: VerdictRule | 'no-outcome' | null;
  memory: Pick<RunOutcome['memory'], 'limitMiB' | 'peakMiB' | 'outOfMemory'> | null;
  /** Also null on a class without a device. */
  device: (DeviceUse & Partial<AllPeaks>) | null;
  output: Pick<RunOutcome['output'], 'bytes' | 'full'> | null;
  predictions: PredictionsStatus | null;
  /** How the time divides; only for a successful run. */
  items: ({ count: number } & ItemTimes) | null;
  batch: BatchReport | null;
}

/** The peaks of all devices of a run that had several, and their sum. The other fields are those of the fullest device. */
interface AllPeaks {
  peaksMiB: number[];
  peakSumMiB: number;
}

/** Whether the predictions file was collected, was missing, or why it was refused. */
export type PredictionsStatus =
  Exclude<CollectedPredictions['kind'], 'refused'> | Extract<CollectedPredictions, { kind: 'refused' }>['why'];

/** Batch's fields on the job of a run. They describe the runner, never the submission. */
interface BatchReport {
  statusReason: string | null;
  /** Exit code of the runner's container, and Batch's reason for its end. */
  exitCode: number | null;
  reason: string | null;
  /** Where the runner's log is, and on which machine of the cluster it ran. Absent in older records, and for a job that never ran. */
  logStreamName?: string;
  containerInstanceArn?: string;
  /** When the job's last attempt held that machine; ISO instants. Absent in older records. */
  jobStartedAt?: string;
  jobStoppedAt?: string;
}

export type ObservedJob = Omit<BatchReport, 'jobStartedAt' | 'jobStoppedAt'> & {
  startedAt: number | null;
  stoppedAt: number | null;
};

interface RunObservation {
  outcome: RunOutcome | undefined;
  /** Undefined when Batch no longer knows the job. */
  job: ObservedJob | undefined;
  rule: RunFacts['rule'];
  limitSeconds: number;
  itemCount: number;
}

export function runFacts({ outcome, job, rule, limitSeconds, itemCount }: RunObservation): RunFacts {
  const batch = job && {
    statusReason: printableText(job.statusReason),
    // If there is an outcome, the runner's own exit has no further meaning.
    exitCode: outcome ? null : job.exitCode,
    reason: outcome ? null : printableText(job.reason),
    ...placeOf(job),
  };
  if (outcome === undefined) {
    return {
      startedAt: instant(job?.startedAt),
      stoppedAt: instant(job?.stoppedAt),
      ...unknownFacts,
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
    device: device && deviceFacts(device),
    output: { bytes: output.bytes, full: output.full },
    predictions: predictions.kind === 'refused' ? predictions.why : predictions.kind,
    items: rule === null && itemCount > 0 ? itemsOf(outcome, itemCount) : null,
    batch: batch ?? null,
  };
}

function deviceFacts({ totalMiB, idleMiB, peakMiB, all }: NonNullable<RunOutcome['device']>): RunFacts['device'] {
  if (all === undefined) return { totalMiB, idleMiB, peakMiB };
  const peaksMiB = all.map((device) => device.peakMiB);
  return { totalMiB, idleMiB, peakMiB, peaksMiB, peakSumMiB: peaksMiB.reduce((sum, peak) => sum + peak, 0) };
}

function placeOf({ logStreamName, containerInstanceArn, startedAt, stoppedAt }: ObservedJob): Partial<BatchReport> {
  const [start, stop] = [instant(startedAt), instant(stoppedAt)];
  return {
    ...(logStreamName && { logStreamName: asciiExcerpt(logStreamName, maxBatchText) }),
    ...(containerInstanceArn && { containerInstanceArn: asciiExcerpt(containerInstanceArn, maxBatchText) }),
    ...(containerInstanceArn && start !== null && stop !== null && { jobStartedAt: start, jobStoppedAt: stop }),
  };
}

const unknownFacts = {
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

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

const instant = (ms: number | null | undefined): string | null =>
  typeof ms === 'number' ? new Date(ms).toISOString() : null;

/** Characters kept of Batch's texts; its longest field has 255. */
const maxBatchText = 200;

const printableText = (text: string | null): string | null => (text === null ? null : asciiExcerpt(text, maxBatchText));

/** Linux's signals on x86-64 by number, from 1 (signal(7)). */
const signals =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
    .split(' ')
    .map((name) => `SIG${name}`);

/** The signal of an exit code 128 + n, as shells and engines report it; null for other codes. */
const signalOf = (exitCode: number): string | null => signals[exitCode - 129] ?? null;
