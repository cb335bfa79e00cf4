import { parseRunKey } from '../../ids.ts';
import type { InputSet } from '../model/frozen-campaign.ts';
import type { Population, SimulatedClass, SimulatedSubmission } from './population.ts';
import type { RunOutcome } from '../model/run-outcome.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { drawOf, exponentialDrawOf, normalDrawOf } from '../random/seeded-draw.ts';

/** The part of a run's spec that decides how it ends. */
export type SimulatedSpec = Pick<RunSpec, 'runKey' | 'purpose'> & {
  inputs: Pick<InputSet, 'items'>;
  instanceClass: Pick<RunSpec['instanceClass'], 'name' | 'gpu' | 'gpuMemoryMiB'>;
  limits: Pick<RunSpec['limits'], 'wallClockSeconds' | 'memoryMiB'>;
};

/** Behaviour of a run. `seconds`: simulated duration; Infinity if the run never ends by itself. */
export type SimulatedRun = { seconds: number } & (
  | { kind: 'outcome'; facts: SimulatedFacts }
  /** The host disappears. */
  | { kind: 'host-lost' }
  /** The runner exits without an outcome. */
  | { kind: 'runner-trouble' }
  | { kind: 'runner-hangs' }
);

/** The facts that the outcome of a run contains. */
export interface SimulatedFacts {
  end: { kind: 'exited'; exitCode: number } | { kind: 'time-limit' };
  outOfMemory: RunOutcome['memory']['outOfMemory'];
  hostPeakMiB: number;
  /** Null on a class without a device. */
  devicePeakMiB: number | null;
  /** From the start of the container to the first item. */
  startUpSeconds: number;
  /** The inputs for which the predictions file has a row; the value of each row is `prediction`. */
  rows: 'all' | 'all-but-one' | 'no-file';
  /** In [0, 1); the same in every run of a submission. */
  prediction: number;
  logTail: string;
}

/**
 * The behaviour of a run with this spec: the same for the same population, seed and run key. Durations vary around the
 * expected one; a run that lacks memory fails at some point of its work. Throws RangeError for a class that the
 * population lacks.
 */
export function simulatedRun(population: Population, seed: number, spec: SimulatedSpec): SimulatedRun {
  const { submission: name } = parseRunKey(spec.runKey);
  const submission = population.submissions.get(name) ?? population.others;
  const instanceClass = population.classes.get(spec.instanceClass.name);
  if (instanceClass === undefined) throw new RangeError(`the population has no class ${spec.instanceClass.name}`);
  const own = withinWallClock(unlimitedRun(submission, instanceClass, seed, spec), spec.limits.wallClockSeconds);
  const lostAfter = exponentialDrawOf(instanceClass.lossesPerHour / 3600, seed, spec.runKey, 'loss');
  return lostAfter < own.seconds ? { seconds: lostAfter, kind: 'host-lost' } : own;
}

/** The run without a time limit. */
function unlimitedRun(
  submission: SimulatedSubmission,
  speeds: SimulatedClass,
  seed: number,
  spec: SimulatedSpec,
): SimulatedRun {
  const { runKey, inputs, instanceClass, limits } = spec;
  const onGpu = submission.usesGpu && instanceClass.gpu !== 'none';
  const perItem = onGpu ? submission.secondsPerItem / speeds.gpuSpeed : submission.cpuSecondsPerItem / speeds.cpuSpeed;
  const factor = Math.exp(submission.spread * normalDrawOf(seed, runKey, 'seconds') - submission.spread ** 2 / 2);
  const startUpSeconds = submission.startUpSeconds * factor;
  const secondsAt = (share: number): number => startUpSeconds + share * inputs.items * perItem * factor;

  const needed = onGpu ? deviceNeed(submission, spec.purpose) : 0;
  const facts: SimulatedFacts = {
    end: { kind: 'exited', exitCode: 0 },
    outOfMemory: 'none',
    hostPeakMiB: Math.min(submission.hostMemoryMiB, limits.memoryMiB),
    devicePeakMiB: instanceClass.gpu === 'none' ? null : Math.min(needed, instanceClass.gpuMemoryMiB),
    startUpSeconds,
    rows: 'all',
    prediction: drawOf(seed, parseRunKey(runKey).submission, 'prediction'),
    logTail: '',
  };
  const failed = (share: number, exitCode: number, rest: Partial<SimulatedFacts>): SimulatedRun => ({
    seconds: secondsAt(share),
    kind: 'outcome',
    facts: { ...facts, end: { kind: 'exited', exitCode }, rows: 'no-file', ...rest },
  });
  const share = submission.failsAt ?? drawOf(seed, runKey, 'share');
  if (submission.hostMemoryMiB > limits.memoryMiB) return failed(share, 137, { outOfMemory: 'killed' });
  if (onGpu && needed > instanceClass.gpuMemoryMiB) return failed(share, 1, { logTail: gpuOutOfMemoryText });
  switch (submission.endOn?.[instanceClass.name] ?? submission.end) {
    case 'predictions':
      return { seconds: secondsAt(1), kind: 'outcome', facts };
    case 'faulty-predictions':
      return { seconds: secondsAt(1), kind: 'outcome', facts: { ...facts, rows: 'all-but-one' } };
    case 'no-output':
      return failed(1, 0, {});
    case 'error':
      return failed(share, 1, { logTail: 'RuntimeError: simulated' });
    case 'runner-trouble':
      return { seconds: secondsAt(share), kind: 'runner-trouble' };
    case 'runner-hangs':
      return { seconds: Infinity, kind: 'runner-hangs' };
  }
}

const deviceNeed = ({ gpuMemoryMiB, sampleGpuMemoryMiB }: SimulatedSubmission, purpose: RunSpec['purpose']): number =>
  purpose === 'probe' ? (sampleGpuMemoryMiB ?? gpuMemoryMiB) : gpuMemoryMiB;

/** A hanging runner hangs beyond its own time limit. */
function withinWallClock(run: SimulatedRun, wallClockSeconds: number): SimulatedRun {
  if (run.kind !== 'outcome' || run.seconds <= wallClockSeconds) return run;
  const facts: SimulatedFacts = { ...run.facts, end: { kind: 'time-limit' }, outOfMemory: 'none', rows: 'no-file' };
  return { seconds: wallClockSeconds, kind: 'outcome', facts };
}

const gpuOutOfMemoryText = 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 GiB';
