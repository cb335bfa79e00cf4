import assert from 'node:assert/strict';
import { evaluationOptions } from '../../../src/campaign/evaluation/class-choice.ts';
import { unknownNeeds } from '../../../src/campaign/evaluation/needs.ts';
import { deviceRemark, probeText } from '../../../src/campaign/explanation/probe-text.ts';
import { profileOf, type ResourceProfile } from '../../../src/campaign/evaluation/resource-profile.ts';
import type { RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { c4, g4, goodOutcome, limits, outcome, p3 } from '../samples.ts';

const device = (peakMiB: number, idleMiB = 0): Partial<RunOutcome> => ({
  device: { totalMiB: 1_000, idleMiB, peakMiB, driver: '450.80.02' },
});
const profileFor = (change: Partial<RunOutcome>, instanceClass = g4): ResourceProfile =>
  profileOf(outcome(change), 12, instanceClass) ?? assert.fail('no profile');

describe('the profile from a probe', () => {
  it('has use of device, host and time, with device and speed', () => {
    assert.deepEqual(profileOf(goodOutcome, 12, p3), {
      usesGpu: true,
      gpuMemoryMiB: 5_000,
      saturating: false,
      device: { totalMiB: 15_109, peakMiB: 5_000, driver: '450.80.02' },
      startUpSeconds: null,
      secondsPerItem: 300,
      measuredAtSpeed: 2.14,
      hostPeakMiB: 4_000,
      imageBytes: 2_000_000_000,
    });
  });

  it('is undefined if the container failed', () => {
    const ends: RunOutcome['end'][] = [
      { kind: 'exited', exitCode: 1 },
      { kind: 'time-limit' },
      { kind: 'stopped' },
      { kind: 'never-started', fault: 'team', detail: '' },
    ];
    for (const end of ends) assert.equal(profileOf(outcome({ end }), 12, g4), undefined, end.kind);
  });

  it('ignores memory used before the start, so a class without a GPU may suit', () => {
    const { usesGpu, gpuMemoryMiB } = profileFor(device(4, 3));
    assert.deepEqual([usesGpu, gpuMemoryMiB], [false, 0]);
    const options = evaluationOptions(
      { classes: [g4, c4], limits },
      { ...unknownNeeds, profile: profileFor(device(4, 3)) },
      10,
    );
    assert.ok(options.some(({ class: name }) => name === c4.name));
  });

  it('takes a peak of 95 % of the device for saturation, not for a need', () => {
    const need = (peakMiB: number): unknown[] => {
      const { gpuMemoryMiB, saturating, usesGpu, device: found } = profileFor(device(peakMiB));
      return [gpuMemoryMiB, saturating, usesGpu, found?.peakMiB];
    };
    assert.deepEqual(need(949), [949, false, true, 949]);
    assert.deepEqual(need(950), [0, true, true, 950]);
    assert.deepEqual(need(1_000), [0, true, true, 1_000]);
  });

  it('reports an unused GPU only if there was a device and its use did not rise', () => {
    assert.equal(profileFor(device(0)).usesGpu, false);
    assert.equal(profileFor(device(1)).usesGpu, false, 'usage of the driver itself');
    assert.equal(profileFor(device(2)).usesGpu, true);
    assert.equal(profileFor(device(401, 400)).usesGpu, false, 'in use before');
    assert.equal(profileFor(device(402, 400)).usesGpu, true);
    assert.equal(profileFor({ device: null }, c4).usesGpu, true, 'unknown without a device');
  });
});

describe('the description of a profile', () => {
  const words = (change: Partial<RunOutcome>, instanceClass = g4): string =>
    probeText(profileFor(change, instanceClass), instanceClass);

  it('names every measured amount', () => {
    assert.equal(
      words({}),
      '5000 of 15109 MiB of GPU memory (driver 450.80.02), 300 s per item including start-up (not measured ' +
        'separately), 4000 MiB of memory including page cache, image of 1908 MiB.',
    );
  });

  it('names what is unknown or unused', () => {
    const growth = [0.25, 0.5, 0.75, 1].map((share) => ({ seconds: 600 + 3_000 * share, share }));
    assert.match(words({ output: { bytes: 0, full: false, growth } }), /, 600 s of start-up and 250 s per item, /);
    assert.match(words({ device: null }), /^no GPU to measure, /);
    assert.match(words({ device: { ...goodDevice, peakMiB: 15_000 } }), /whole GPU allocated, so the need is unknown/);
    assert.match(words({ device: { ...goodDevice, peakMiB: 0 } }), /the GPU was not used/);
    const nothingElse = { memory: { ...goodOutcome.memory, peakMiB: null }, imageBytes: null };
    assert.match(words(nothingElse), /separately\)\.$/);
  });

  const goodDevice = { totalMiB: 15_109, idleMiB: 0, peakMiB: 5_000, driver: '450.80.02' };
  const remark = (totalMiB: number, instanceClass = g4): string | undefined =>
    deviceRemark(profileFor({ device: { ...goodDevice, totalMiB } }), instanceClass);

  it('warns if the device differs from the campaign file', () => {
    assert.equal(remark(15_109), undefined);
    assert.equal(remark(15_360), undefined, 'a T4 as newer drivers report it');
    assert.equal(remark(16_384, p3), undefined, 'a V100 as newer drivers report it');
    assert.match(remark(16_160) ?? '', /states 15109 MiB for g4dn\.xlarge, but its GPU has 16160/);
    assert.match(words({ device: { ...goodDevice, totalMiB: 16_160 } }), /its GPU has 16160/);
    assert.match(remark(14_000) ?? '', /its GPU has 14000/);
    const { gpuMemoryMiB: _, ...unknown } = g4;
    assert.match(remark(15_109, unknown) ?? '', /states no gpuMemoryMiB for g4dn\.xlarge/);
    assert.equal(deviceRemark(profileFor({ device: null }, c4), c4), undefined);
  });
});
