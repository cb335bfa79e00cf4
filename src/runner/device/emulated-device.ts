import type { Device } from './device.ts';
import { FillMeter } from '../measure/fill-meter.ts';
import { mountDevice } from '../sandbox/mounts.ts';
import type { RunPaths } from '../sandbox/run-paths.ts';

/** Where a container finds its emulated device. */
export const emulatedFolder = '/dev/holdout-gpu';
const mebibyte = 1024 * 1024;

/** Emulates a GPU's memory by a mount of that size: allocations are bytes written there. */
export async function openEmulatedDevice(place: RunPaths, totalMiB: number): Promise<Device> {
  await mountDevice(place, totalMiB);
  const meter = await FillMeter.start(place.device);
  return {
    createFlags: [`--volume=${place.device}:${emulatedFolder}`],
    environment: { HOLDOUT_GPU_DEVICE: emulatedFolder },
    extraMemoryMiB: totalMiB,
    stop: async () => {
      const { peakBytes } = await meter.stop();
      return { totalMiB, idleMiB: 0, peakMiB: Math.ceil(peakBytes / mebibyte), driver: 'emulated' };
    },
    close: () => meter.close(),
  };
}
