import type { RunSpec } from '../../campaign/model/run-spec.ts';
import type { Device } from './device.ts';
import { openEmulatedDevice } from './emulated-device.ts';
import { openNvidiaDevice } from './nvidia-device.ts';
import type { RunPaths } from '../sandbox/run-paths.ts';
import type { EngineSettings } from '../runner-settings.ts';

/** A class without a GPU. */
const noDevice: Device = {
  createFlags: [],
  environment: {},
  extraMemoryMiB: 0,
  stop: async () => null,
  close: () => {},
};

/** Opens the device of the run's instance class. */
export async function openDevice(
  { gpu, gpuMemoryMiB }: RunSpec['instanceClass'],
  place: RunPaths,
  engine: EngineSettings['name'],
): Promise<Device> {
  switch (gpu) {
    case 'emulated':
      return openEmulatedDevice(place, gpuMemoryMiB);
    case 'nvidia':
      return openNvidiaDevice(engine);
    case 'none':
      return noDevice;
  }
}
