import { logHints } from '../evaluation/log-hints.ts';
import type { CollectedPredictions, RunOutcome } from '../model/run-outcome.ts';
import type { RunSpec } from '../model/run-spec.ts';
import { simulatedGrowth } from './simulated-growth.ts';
import type { SimulatedFacts, SimulatedSpec } from './simulated-run.ts';

interface SimulatedOutcome {
  spec: SimulatedSpec & Pick<RunSpec, 'seal'> & { image: Pick<RunSpec['image'], 'digest'> };
  jobId: string;
  /** Milliseconds. */
  startedAt: number;
  /** Simulated duration, the difference between `stoppedAt` and `startedAt`. */
  seconds: number;
  facts: SimulatedFacts;
  /** SIGTERM stopped the run before it ended by itself. */
  stopped: boolean;
  predictions: CollectedPredictions;
}

/** The outcome that the runner writes for a simulated run. */
export function simulatedOutcome(run: SimulatedOutcome): RunOutcome {
  const { spec, jobId, startedAt, seconds, facts, stopped, predictions } = run;
  const { gpuMemoryMiB } = spec.instanceClass;
  const logBytes = facts.logTail.length;
  const tail = stopped ? '' : facts.logTail;
  return {
    version: 1,
    runKey: spec.runKey,
    jobId,
    imageDigest: spec.image.digest,
    imageBytes: null,
    startedAt: new Date(startedAt).toISOString(),
    stoppedAt: new Date(startedAt + seconds * 1000).toISOString(),
    seconds,
    end: stopped ? { kind: 'stopped' } : facts.end,
    memory: {
      limitMiB: spec.limits.memoryMiB,
      peakMiB: facts.hostPeakMiB,
      outOfMemory: stopped ? 'none' : facts.outOfMemory,
    },
    device:
      facts.devicePeakMiB === null
        ? null
        : { totalMiB: gpuMemoryMiB, idleMiB: 0, peakMiB: facts.devicePeakMiB, driver: 'simulated' },
    output: {
      bytes: predictions.kind === 'collected' ? predictions.bytes : 0,
      full: false,
      growth: predictions.kind === 'collected' ? simulatedGrowth(facts.startUpSeconds, seconds) : [],
    },
    predictions,
    shorterRun: null,
    log: {
      bytes: logBytes,
      keptBytes: logBytes,
      ...(spec.seal === undefined ? { tail } : { tail: '', hints: logHints(tail) }),
    },
  };
}
