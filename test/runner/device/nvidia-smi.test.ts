import assert from 'node:assert/strict';
import { accountedPeaksSince, readingOf } from '../../../src/runner/device/nvidia-smi.ts';

describe('the output of nvidia-smi', () => {
  it('is a reading if it has a UUID and three values', () => {
    assert.deepEqual(readingOf('GPU-1, 0, 15109, 450.80.02'), {
      uuid: 'GPU-1',
      usedMiB: 0,
      totalMiB: 15_109,
      driver: '450.80.02',
    });
    assert.deepEqual(readingOf('GPU-8f6d-00, 802, 12206, 367.44'), {
      uuid: 'GPU-8f6d-00',
      usedMiB: 802,
      totalMiB: 12_206,
      driver: '367.44',
    });
    assert.deepEqual(readingOf('GPU-1, 4, 81559, 535.104.05\r'), {
      uuid: 'GPU-1',
      usedMiB: 4,
      totalMiB: 81_559,
      driver: '535.104.05',
    });
  });

  it('is no reading otherwise, in particular not one of 0 MiB', () => {
    const others = [
      '',
      'memory.used [MiB], memory.total [MiB], driver_version',
      '1204, 15109, 450.80.02',
      'GPU-1, 1204 MiB, 15109 MiB, 450.80.02',
      'GPU-1, [N/A], [N/A], 580.95.05',
      'GPU-1, [Not Supported], [Not Supported], 410.72',
      'GPU-1, [GPU is lost], [GPU is lost], 450.80.02',
      'GPU-1, [Unknown Error], 15109, 450.80.02',
      '[GPU is lost], 1204, 15109, 450.80.02',
      'GPU-1, 0, 0, 450.80.02',
      'No devices were found',
      'Unable to determine the device handle for GPU 0000:BA:80.0: Unknown Error',
      'Failed to initialize NVML: Driver/library version mismatch',
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA " +
        'driver is installed and running.',
    ];
    for (const line of others) assert.equal(readingOf(line), undefined, line);
  });

  it('has the peak of any later process on each GPU', () => {
    const before = ['GPU-1, 2734, 109, 1052', 'GPU-1, 2801, 15000, 90000'];
    const peaks = (...now: string[]): object => Object.fromEntries(accountedPeaksSince(before, now));
    assert.deepEqual(peaks(...before), {});
    assert.deepEqual(peaks(), {});
    assert.deepEqual(peaks(...before, 'GPU-1, 2900, 7340, 5512', 'GPU-1, 2911, 310, 204'), { 'GPU-1': 7_340 });
    assert.deepEqual(peaks(...before, 'GPU-1, 2900, 7340, 5512', 'GPU-2, 2900, 310, 5512'), {
      'GPU-1': 7_340,
      'GPU-2': 310,
    });
    const again = peaks('GPU-1, 2801, 15000, 90000', 'GPU-1, 2734, 410, 77');
    assert.deepEqual(again, { 'GPU-1': 410 }, 'a process id came again');
  });
});
