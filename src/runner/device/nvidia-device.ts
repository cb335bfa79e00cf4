import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import { holdoutError } from '../../errors.ts';
import type { Device } from './device.ts';
import { accountedApps, accountedPeakSince } from './nvidia-smi.ts';
import { NvidiaSampler } from './nvidia-sampler.ts';
import type { EngineSettings } from '../runner-settings.ts';
import { timings } from '../timings.ts';

export type MeasuredDevice = NonNullable<RunOutcome['device']>;

interface NvidiaDevice extends Device {
  stop(): Promise<MeasuredDevice>;
}

/**
 * The host's NVIDIA GPU. One GPU belongs to one job, so all its usage is the submission's. It is sampled; if the driver's
 * accounting is on, that also knows the peaks between two samples. Both can only be too low, so the higher one counts.
 */
export async function openNvidiaDevice(engine: EngineSettings['name']): Promise<NvidiaDevice> {
  const sampler = await NvidiaSampler.start();
  const before = await accountedApps();
  return {
    createFlags: engine === 'docker' ? ['--gpus=all'] : ['--device=nvidia.com/gpu=all'],
    environment: { NVIDIA_VISIBLE_DEVICES: 'all', NVIDIA_DRIVER_CAPABILITIES: 'compute,utility,video' },
    extraMemoryMiB: 0,
    stop: async () => {
      const { totalMiB, idleMiB, driver, ...sampled } = sampler.report();
      const accounted = accountedPeakSince(before, await accountedApps());
      if (accounted === undefined && sampled.longestGapMs > timings.gpuLongestGap) {
        throw holdoutError('DEVICE_UNWATCHED', {
          program: 'nvidia-smi',
          seconds: Math.round(sampled.longestGapMs / 1000),
        });
      }
      const peakMiB = Math.min(totalMiB, Math.max(sampled.peakMiB, idleMiB + (accounted ?? 0)));
      return { totalMiB, idleMiB, peakMiB, driver };
    },
    close: () => sampler.close(),
  };
}
