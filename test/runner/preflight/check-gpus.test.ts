import assert from 'node:assert/strict';
import { checkGpus } from '../../../src/runner/preflight/check-gpus.ts';
import { PretendedNvidiaSmi } from '../../support/pretended-nvidia-smi.ts';

describe('the preflight’s count of GPUs', () => {
  let driver: PretendedNvidiaSmi;
  beforeEach(() => (driver = new PretendedNvidiaSmi()));
  afterEach(() => driver.remove());

  it('accepts a host with the one GPU of its class', async () => {
    driver.does('echo GPU-8f6d4e4c-9f3c-1b0a-2f52-2d2a8a1f7c11');
    await checkGpus({ gpu: 'nvidia' });
  });

  for (const [found, prints] of [
    [0, 'echo "No devices were found"'],
    [2, 'echo GPU-1; echo GPU-2'],
  ] as const) {
    it(`refuses a host with ${found}`, async () => {
      driver.does(prints);
      await assert.rejects(checkGpus({ gpu: 'nvidia' }), {
        code: 'GPUS_DIFFER',
        message: `This host has ${found} GPUs; the class has 1.`,
      });
    });
  }

  it('passes on what the driver says', async () => {
    driver.does('echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9');
    await assert.rejects(checkGpus({ gpu: 'nvidia' }), { code: 'DEVICE_UNREADABLE', message: /driver/ });
  });

  it('asks no driver on a class without a GPU, or with an emulated one', async () => {
    driver.does('exit 1');
    await checkGpus({ gpu: 'none' });
    await checkGpus({ gpu: 'emulated' });
  });
});
