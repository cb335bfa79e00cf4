import assert from 'node:assert/strict';
import { accountedPeakSince, readingOf } from '../../../src/runner/device/nvidia-smi.ts';

describe('the output of nvidia-smi', () => {
  it('is a reading if it has three values', () => {
    assert.deepEqual(readingOf('0, 15109, 450.80.02'), { usedMiB: 0, totalMiB: 15_109, driver: '450.80.02' });
    assert.deepEqual(readingOf('802, 12206, 367.44'), { usedMiB: 802, totalMiB: 12_206, driver: '367.44' });
    assert.deepEqual(readingOf('4, 81559, 535.104.05\r'), { usedMiB: 4, totalMiB: 81_559, driver: '535.104.05' });
  });

  it('is no reading otherwise, in particular not one of 0 MiB', () => {
    const others = [
      '',
      'memory.used [MiB], memory.total [MiB], driver_version',
      '1204 MiB, 15109 MiB, 450.80.02',
      '[N/A], [N/A], 580.95.05',
      '[Not Supported], [Not Supported], 410.72',
      '[GPU is lost], [GPU is lost], 450.80.02',
      '[Unknown Error], 15109, 450.80.02',
      '0, 0, 450.80.02',
      'No devices were found',
      'Unable to determine the device handle for GPU 0000:BA:80.0: Unknown Error',
      'Failed to initialize NVML: Driver/library version mismatch',
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA " +
        'driver is installed and running.',
    ];
    for (const line of others) assert.equal(readingOf(line), undefined, line);
  });

  it('has the peak of any later process', () => {
    const before = ['2734, 109, 1052', '2801, 15000, 90000'];
    assert.equal(accountedPeakSince(before, before), undefined);
    assert.equal(accountedPeakSince(before, []), undefined);
    assert.equal(accountedPeakSince(before, [...before, '2900, 7340, 5512', '2911, 310, 204']), 7_340);
    assert.equal(accountedPeakSince(before, ['2801, 15000, 90000', '2734, 410, 77']), 410, 'a process id came again');
  });
});
