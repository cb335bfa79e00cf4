import { gpusOf } from '../../campaign/model/classes/instance-class-kinds.ts';
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

/** Opens the device of the run's instance class. `assigned`: UUIDs of the GPUs that the job may use. */
export async function openDevice(
  instanceClass: RunSpec['instanceClass'],
  place: RunPaths,
  engine: EngineSettings['name'],
  assigned?: readonly string[],
): Promise<Device> {
  switch (instanceClass.gpu) {
    case 'emulated':
      return openEmulatedDevice(place, instanceClass.gpuMemoryMiB);
    case 'nvidia':
      return openNvidiaDevice(engine, { count: gpusOf(instanceClass), assigned });
    case 'none':
      return noDevice;
  }
}
