import { parseRunKey } from '../../ids.ts';
import type { InputSet } from '../model/frozen-campaign.ts';
import type { Population, SimulatedClass, SimulatedSubmission } from './population.ts';
import type { RunOutcome } from '../model/run-outcome.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { drawOf, exponentialDrawOf, normalDrawOf } from '../random/seeded-draw.ts';

/** What of a run's spec decides how it ends. */
export type SimulatedSpec = Pick<RunSpec, 'runKey' | 'purpose'> & {
  inputs: Pick<InputSet, 'items'>;
  instanceClass: Pick<RunSpec['instanceClass'], 'name' | 'gpu' | 'gpuMemoryMiB'>;
  limits: Pick<RunSpec['limits'], 'wallClockSeconds' | 'memoryMiB'>;
};

/** What a run does. `seconds`: simulated, from its start to its end; Infinity when it never ends by itself. */
export type SimulatedRun = { seconds: number } & (
  | { kind: 'outcome'; facts: SimulatedFacts }
  /** The host goes away. */
  | { kind: 'host-lost' }
  /** The runner leaves without an outcome. */
  | { kind: 'runner-trouble' }
  | { kind: 'runner-hangs' }
);

/** The facts that go into a run's outcome. */
export interface SimulatedFacts {
  end: { kind: 'exited'; exitCode: number } | { kind: 'time-limit' };
  outOfMemory: RunOutcome['memory']['outOfMemory'];
  hostPeakMiB: number;
  /** Null on a class without a device. */
  devicePeakMiB: number | null;
  /** From the container's start to the first item. */
  startUpSeconds: number;
  /** Which inputs the predictions file has a row for; each row's value is `prediction`. */
  rows: 'all' | 'all-but-one' | 'no-file';
  /** In [0, 1); the same in every run of a submission. */
  prediction: number;
  logTail: string;
}

/**
 * What a run of this spec does in a population: the same for the same seed and run key. Durations are drawn around the
 * expected; memory that does not suffice ends a run at some point of its work. Throws RangeError for a class that the
 * population does not have. Pure.
 */
export function simulatedRun(population: Population, seed: number, spec: SimulatedSpec): SimulatedRun {
  const { submission: name } = parseRunKey(spec.runKey);
  const submission = population.submissions.get(name) ?? population.others;
  const on = population.classes.get(spec.instanceClass.name);
  if (on === undefined) throw new RangeError(`the population has no class ${spec.instanceClass.name}`);
  const prediction = drawOf(seed, name, 'prediction');
  const own = withinWallClock(ownEnd({ submission, on, seed, spec, prediction }), spec.limits.wallClockSeconds);
  const lostAfter = exponentialDrawOf(on.lossesPerHour / 3600, seed, spec.runKey, 'loss');
  return lostAfter < own.seconds ? { seconds: lostAfter, kind: 'host-lost' } : own;
}

interface Simulation {
  submission: SimulatedSubmission;
  on: SimulatedClass;
  seed: number;
  spec: SimulatedSpec;
  prediction: number;
}

/** How the run ends when it has all the time that it wants. */
function ownEnd({ submission, on, seed, spec, prediction }: Simulation): SimulatedRun {
  const { runKey, inputs, instanceClass, limits } = spec;
  const onGpu = submission.usesGpu && instanceClass.gpu !== 'none';
  const perItem = onGpu ? submission.secondsPerItem / on.gpuSpeed : submission.cpuSecondsPerItem / on.cpuSpeed;
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
    prediction,
    logTail: '',
  };
  const failed = (share: number, exitCode: number, rest: Partial<SimulatedFacts>): SimulatedRun => ({
    seconds: secondsAt(share),
    kind: 'outcome',
    facts: { ...facts, end: { kind: 'exited', exitCode }, rows: 'no-file', ...rest },
  });
  const share = submission.failsAt ?? drawOf(seed, runKey, 'share');
  if (submission.hostMemoryMiB > limits.memoryMiB) return failed(share, 137, { outOfMemory: 'killed' });
  if (onGpu && needed > instanceClass.gpuMemoryMiB) return failed(share, 1, { logTail: outOfDeviceText });
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

/** A runner that hangs does so beyond its own clock. */
function withinWallClock(run: SimulatedRun, wallClockSeconds: number): SimulatedRun {
  if (run.kind !== 'outcome' || run.seconds <= wallClockSeconds) return run;
  const facts: SimulatedFacts = { ...run.facts, end: { kind: 'time-limit' }, outOfMemory: 'none', rows: 'no-file' };
  return { seconds: wallClockSeconds, kind: 'outcome', facts };
}

const outOfDeviceText = 'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 GiB';
