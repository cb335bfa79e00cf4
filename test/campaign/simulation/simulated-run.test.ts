import assert from 'node:assert/strict';
import type { Population, SimulatedSubmission } from '../../../src/campaign/simulation/population.ts';
import { profileOf } from '../../../src/campaign/evaluation/resource-profile.ts';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import { drawOf } from '../../../src/campaign/random/seeded-draw.ts';
import { simulatedOutcome } from '../../../src/campaign/simulation/simulated-outcome.ts';
import { simulatedRun, type SimulatedRun, type SimulatedSpec } from '../../../src/campaign/simulation/simulated-run.ts';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { g4 } from '../samples.ts';

const plain: SimulatedSubmission = {
  usesGpu: true,
  gpuMemoryMiB: 8_000,
  hostMemoryMiB: 4_000,
  startUpSeconds: 60,
  secondsPerItem: 9,
  cpuSecondsPerItem: 90,
  spread: 0,
  end: 'predictions',
};

const populationOf = (change: Partial<SimulatedSubmission>, lossesPerHour = 0): Population => ({
  others: { ...plain, ...change },
  submissions: new Map(),
  classes: new Map([
    ['g4dn.xlarge', { gpuSpeed: 1, cpuSpeed: 0.5, lossesPerHour }],
    ['p3.2xlarge', { gpuSpeed: 2, cpuSpeed: 1, lossesPerHour }],
    ['c4.4xlarge', { gpuSpeed: 1, cpuSpeed: 2, lossesPerHour }],
  ]),
});

const g4Class = { name: 'g4dn.xlarge', gpu: 'nvidia', gpuMemoryMiB: 15_109, vcpus: 4 } as const;
const p3Class = { name: 'p3.2xlarge', gpu: 'nvidia', gpuMemoryMiB: 16_160, vcpus: 8 } as const;
const c4Class = { name: 'c4.4xlarge', gpu: 'none', gpuMemoryMiB: 0, vcpus: 16 } as const;
const limits = { wallClockSeconds: 32_400, memoryMiB: 14_336, pids: 64, outputBytes: 1, sharedMemoryMiB: 64 };

type Spec = SimulatedSpec & Pick<RunSpec, 'image' | 'instanceClass' | 'limits'>;

const specOf = (change: Partial<Spec> = {}): Spec => ({
  runKey: 'case/alpha/2',
  purpose: 'evaluation',
  image: { reference: 'oci:/images:alpha', digest: 'sha256:0' },
  inputs: { items: 400 },
  instanceClass: g4Class,
  limits,
  ...change,
});

const run = (change: Partial<SimulatedSubmission>, spec = specOf(), lossesPerHour = 0): SimulatedRun =>
  simulatedRun(populationOf(change, lossesPerHour), 7, spec);

/** Holdout's verdict on the run. */
function verdict(change: Partial<SimulatedSubmission>, spec = specOf()): string {
  const simulated = run(change, spec);
  if (simulated.kind !== 'outcome') return simulated.kind;
  const { seconds, facts } = simulated;
  const predictions = facts.rows === 'no-file' ? { kind: 'missing' as const } : collected;
  const found = verdictOf(
    simulatedOutcome({ spec, jobId: 'job', startedAt: 0, seconds, facts, stopped: false, predictions }),
  );
  return found.reason ?? 'succeeded';
}
const collected = { kind: 'collected', key: 'k', bytes: 9, sha256: '0' } as const;

describe('a simulated run', () => {
  it('takes the start-up time plus the time per item at the speed of the class', () => {
    assert.equal(run({}).seconds, 60 + 400 * 9);
    assert.equal(run({}, specOf({ instanceClass: p3Class })).seconds, 60 + 200 * 9);
    assert.equal(run({}, specOf({ instanceClass: c4Class, inputs: { items: 4 } })).seconds, 60 + 2 * 90);
    assert.equal(run({ usesGpu: false }, specOf({ inputs: { items: 4 } })).seconds, 60 + 8 * 90);
  });

  it('ends as the population and the class determine, with the matching verdict', () => {
    assert.equal(verdict({}), 'succeeded');
    assert.equal(verdict({ end: 'faulty-predictions' }), 'succeeded');
    assert.equal(verdict({ end: 'no-output' }), 'output-missing');
    assert.equal(verdict({ end: 'error' }), 'submission-error');
    assert.equal(verdict({ end: 'runner-trouble' }), 'runner-trouble');
    assert.equal(verdict({ end: 'runner-hangs' }), 'runner-hangs');
    assert.equal(verdict({ hostMemoryMiB: 14_337 }), 'host-out-of-memory');
    assert.equal(verdict({ gpuMemoryMiB: 15_110 }), 'gpu-out-of-memory');
    assert.equal(verdict({ gpuMemoryMiB: 15_110 }, specOf({ instanceClass: p3Class })), 'succeeded');
    assert.equal(verdict({ gpuMemoryMiB: 99_999, usesGpu: false, cpuSecondsPerItem: 1 }), 'succeeded');
    assert.equal(verdict({ startUpSeconds: 28_801 }), 'time-limit');
    assert.equal(run({ startUpSeconds: 28_801 }).seconds, 32_400);
    assert.equal(verdict({ startUpSeconds: 28_800 }), 'succeeded');
  });

  it('runs out of memory at some point of its work, never before or after it', () => {
    const ends = Array.from({ length: 300 }, (_, n) =>
      run({ gpuMemoryMiB: 99_999 }, specOf({ runKey: `case/alpha/${n + 1}` })),
    ).map(({ seconds }) => (seconds - 60) / 3_600);
    assert.ok(ends.every((share) => share >= 0 && share < 1));
    assert.ok(Math.max(...ends) > 0.9 && Math.min(...ends) < 0.1);
  });

  it('shows seconds and GPU memory as a probe, which the sample set may understate', () => {
    const spec = specOf({ purpose: 'probe', inputs: { items: 10 } });
    const probe = run({ gpuMemoryMiB: 15_110, sampleGpuMemoryMiB: 9_000 }, spec);
    assert.ok(probe.kind === 'outcome');
    const { seconds, facts } = probe;
    const rest = { jobId: 'job', startedAt: 0, stopped: false, predictions: collected };
    const outcome = simulatedOutcome({ spec, seconds, facts, ...rest });
    const profile = profileOf(outcome, 10, g4);
    assert.deepEqual(profile, {
      usesGpu: true,
      gpuMemoryMiB: 9_000,
      saturating: false,
      device: { totalMiB: 15_109, peakMiB: 9_000, driver: 'simulated' },
      startUpSeconds: 60,
      secondsPerItem: 9,
      measuredAtSpeed: 1,
      hostPeakMiB: 4_000,
      imageBytes: null,
    });
    const idle = run({ usesGpu: false }, spec);
    assert.equal(idle.kind === 'outcome' && idle.facts.devicePeakMiB, 0);
  });

  it('varies durations around the expected mean and repeats them for the same seed', () => {
    const seconds = Array.from(
      { length: 4_000 },
      (_, n) => run({ spread: 0.5 }, specOf({ runKey: `case/s${n}/1` })).seconds,
    );
    const mean = seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
    assert.ok(Math.abs(mean / 3_660 - 1) < 0.03, `${mean}`);
    const below = seconds.filter((each) => each < 3_660 * Math.exp(-0.125)).length / seconds.length;
    assert.ok(Math.abs(below - 0.5) < 0.03, `${below} lie below the median`);
    assert.deepEqual(run({ spread: 0.5 }), run({ spread: 0.5 }));
    assert.notEqual(run({ spread: 0.5 }).seconds, run({ spread: 0.5 }, specOf({ runKey: 'case/alpha/3' })).seconds);
  });

  it('loses its host at the rate of its class', () => {
    const kinds = Array.from({ length: 2_000 }, (_, n) => run({}, specOf({ runKey: `case/s${n}/1` }), 0.1).kind);
    const lost = kinds.filter((kind) => kind === 'host-lost').length / kinds.length;
    assert.ok(Math.abs(lost - (1 - Math.exp(-0.1 * (3_660 / 3_600)))) < 0.02, `${lost}`);
    assert.equal(run({ end: 'runner-hangs' }, specOf(), 1e9).kind, 'host-lost');
  });

  it('predicts the same in every run of a submission, and differently for other submissions', () => {
    const predictionOf = (runKey: string): number | undefined => {
      const simulated = run({}, specOf({ runKey }));
      return simulated.kind === 'outcome' ? simulated.facts.prediction : undefined;
    };
    assert.equal(predictionOf('case/alpha/1'), predictionOf('case/alpha/2'));
    assert.notEqual(predictionOf('case/alpha/1'), predictionOf('case/beta/1'));
  });

  it('uses the entry of its submission if the population has one', () => {
    const population = { ...populationOf({}), submissions: new Map([['alpha', { ...plain, startUpSeconds: 0 }]]) };
    assert.equal(simulatedRun(population, 7, specOf()).seconds, 3_600);
    assert.equal(simulatedRun(population, 7, specOf({ runKey: 'case/constructor/1' })).seconds, 3_660);
  });

  it('rejects an unknown class', () => {
    const instanceClass = { ...g4Class, name: 'p4d' };
    assert.throws(() => run({}, specOf({ instanceClass })), /the population has no class p4d/);
  });
});

describe('a seeded draw', () => {
  it('is uniform in [0, 1) and changes with every name and the seed', () => {
    const draws = Array.from({ length: 10_000 }, (_, n) => drawOf(1, `case/s${n}/1`, 'share'));
    assert.ok(draws.every((draw) => draw >= 0 && draw < 1));
    const tenths = Array.from({ length: 10 }, (_, tenth) => draws.filter((d) => Math.floor(d * 10) === tenth).length);
    assert.ok(
      tenths.every((count) => Math.abs(count - 1_000) < 150),
      tenths.join(' '),
    );
    assert.equal(new Set([drawOf(1, 'a', 'b'), drawOf(2, 'a', 'b'), drawOf(1, 'ab', ''), drawOf(1, 'a')]).size, 4);
  });
});
