import assert from 'node:assert/strict';
import { profileOf } from '../../src/campaign/resource-profile.ts';
import type { RunOutcome } from '../../src/campaign/run-outcome.ts';
import { c4, g4, goodOutcome, outcome, p3 } from './samples.ts';

const device = (peakMiB: number): Partial<RunOutcome> => ({
  device: { totalMiB: 1_000, peakMiB, driver: 'nvidia' },
});

describe('what a probe teaches', () => {
  it('is the peak on the device, the seconds per item and the speed they were taken at', () => {
    assert.deepEqual(profileOf(goodOutcome, 12, p3), {
      usesGpu: true,
      gpuMemoryMiB: 5_000,
      saturating: false,
      secondsPerItem: 300,
      measuredAtSpeed: 2.14,
      hostPeakMiB: 4_000,
    });
  });

  it('is nothing when the container did not get to a good end', () => {
    const ends: RunOutcome['end'][] = [
      { kind: 'exited', exitCode: 1 },
      { kind: 'time-limit' },
      { kind: 'stopped' },
      { kind: 'never-started', fault: 'team', detail: '' },
    ];
    for (const end of ends) assert.equal(profileOf(outcome({ end }), 12, g4), undefined, end.kind);
  });

  it('takes a peak of 95 % of the device for a habit, not for a need', () => {
    const need = (peakMiB: number): [number | undefined, boolean | undefined, boolean | undefined] => {
      const profile = profileOf(outcome(device(peakMiB)), 12, g4);
      return [profile?.gpuMemoryMiB, profile?.saturating, profile?.usesGpu];
    };
    assert.deepEqual(need(949), [949, false, true]);
    assert.deepEqual(need(950), [0, true, true]);
    assert.deepEqual(need(1_000), [0, true, true]);
  });

  it('says that the GPU is not used only where a device was there and stayed empty', () => {
    const uses = (change: Partial<RunOutcome>): boolean | undefined => profileOf(outcome(change), 12, c4)?.usesGpu;
    assert.equal(uses(device(0)), false);
    assert.equal(uses(device(1)), false, 'what the driver keeps for itself');
    assert.equal(uses(device(2)), true);
    assert.equal(uses({ device: null }), true, 'without a device nobody knows');
  });
});
