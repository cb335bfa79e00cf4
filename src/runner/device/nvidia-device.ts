import type { DeviceUse, RunOutcome } from '../../campaign/model/run-outcome.ts';
import { holdoutError } from '../../errors.ts';
import type { Device } from './device.ts';
import type { SampledGpu, WantedGpus } from './device-samples.ts';
import { accountedApps, accountedPeaksSince } from './nvidia-smi.ts';
import { NvidiaSampler } from './nvidia-sampler.ts';
import type { EngineSettings } from '../runner-settings.ts';
import { runnerTimings } from '../runner-timings.ts';

export type MeasuredDevice = NonNullable<RunOutcome['device']>;

interface NvidiaDevice extends Device {
  stop(): Promise<MeasuredDevice>;
}

/**
 * NVIDIA GPUs of the host. A GPU belongs to one job, so all its usage is the submission's. Each is sampled; if the driver's
 * accounting is on, that also knows the peaks between two samples. Both can only be too low, so the higher one counts.
 */
export async function openNvidiaDevice(engine: EngineSettings['name'], wanted: WantedGpus): Promise<NvidiaDevice> {
  const sampler = await NvidiaSampler.start(wanted);
  const before = await accountedApps();
  // A host's CDI file always has this name; names by UUID are an option of its generator.
  const isWholeHost = engine === 'podman' && wanted.count === 1 && wanted.assigned === undefined;
  const names = isWholeHost ? ['all'] : sampler.report().map(({ uuid }) => uuid);
  return {
    createFlags: createFlags(engine, names),
    environment: {
      NVIDIA_VISIBLE_DEVICES: names.join(','),
      NVIDIA_DRIVER_CAPABILITIES: 'compute,utility,video',
    },
    extraMemoryMiB: 0,
    stop: async () => {
      const gpus = sampler.report();
      const found = gpus.length + sampler.otherGpus;
      if (isWholeHost && found > 1) throw holdoutError('GPUS_DIFFER', { expected: 1, found });
      return measuredDevice(gpus, accountedPeaksSince(before, await accountedApps()));
    },
    close: () => sampler.close(),
  };
}

/** Docker reads the value as CSV, so a list needs quotes. Podman takes names of the host's CDI file. */
function createFlags(engine: EngineSettings['name'], names: readonly string[]): string[] {
  if (engine === 'podman') return names.map((name) => `--device=nvidia.com/gpu=${name}`);
  return [`--gpus="device=${names.join(',')}"`];
}

/** Throws DEVICE_UNWATCHED if the peak of a GPU may have been missed. `accounted` is by UUID. */
function measuredDevice(gpus: readonly SampledGpu[], accounted: ReadonlyMap<string, number>): MeasuredDevice {
  const longestGapMs = Math.max(...gpus.map((gpu) => gpu.longestGapMs));
  if (accounted.size === 0 && longestGapMs > runnerTimings.gpuLongestGap) {
    throw holdoutError('DEVICE_UNWATCHED', { program: 'nvidia-smi', seconds: Math.round(longestGapMs / 1000) });
  }
  const all = gpus.map(({ uuid, totalMiB, idleMiB, peakMiB }): DeviceUse => {
    const peak = Math.max(peakMiB, idleMiB + (accounted.get(uuid) ?? 0));
    return { totalMiB, idleMiB, peakMiB: Math.min(totalMiB, peak) };
  });
  const [fullest] = all.toSorted((one, other) => other.peakMiB / other.totalMiB - one.peakMiB / one.totalMiB);
  const [first] = gpus;
  if (fullest === undefined || first === undefined) throw new RangeError('a sampler that has started has a GPU');
  return { ...fullest, driver: first.driver, ...(all.length > 1 && { all }) };
}
