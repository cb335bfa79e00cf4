import assert from 'node:assert/strict';
import { asFilled, withFillableOutput } from '../../../src/runner/isolation/largest-output.ts';
import { programFor } from '../../../src/runner/isolation/drill-program.ts';

const gibibyte = 2 ** 30;

describe('a drill of a class with a large output', () => {
  const runWith = (outputBytes: number) => ({
    runKey: 'c/_canary-g4/1',
    instanceClass: { name: 'g4', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1 } as const,
    limits: { wallClockSeconds: 300, memoryMiB: 64, pids: 64, outputBytes, sharedMemoryMiB: 16 },
  });
  const checks = [
    { control: 'output-size', holds: true, found: 'full' },
    { control: 'memory', holds: true, found: 'killed' },
  ] as const;

  it('fills a smaller one, in the time that a canary has, and says so', () => {
    const run = runWith(1024 * gibibyte);
    const { limits } = withFillableOutput(run);
    assert.ok(limits.outputBytes / 125e6 < 60, 'a slow volume is full within a minute');
    assert.deepEqual({ ...limits, outputBytes: 0 }, { ...run.limits, outputBytes: 0 });
    assert.equal(
      programFor(withFillableOutput(run), []).executable.equals(
        programFor(withFillableOutput(runWith(64 * gibibyte)), []).executable,
      ),
      true,
    );
    assert.deepEqual(
      asFilled(checks, run).map(({ found }) => found),
      ['full; tried with an output of 4 GiB, not with the 1024 GiB of the campaign', 'killed'],
    );
  });

  it('leaves a smaller limit as it is', () => {
    const run = runWith(gibibyte);
    assert.deepEqual(withFillableOutput(run), run);
    assert.deepEqual(asFilled(checks, run), checks);
  });
});
