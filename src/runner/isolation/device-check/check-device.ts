import type { DeviceCheck } from '../../../campaign/model/canaries/canary.ts';
import { type GpuKind, gpusOf } from '../../../campaign/model/classes/instance-class-kinds.ts';
import { runnerTimings } from '../../runner-timings.ts';
import { runConfined } from '../confined-program.ts';
import type { Drill } from '../drill.ts';
import { cudaLoad } from './cuda-load.ts';
import type { DeviceLoad } from './device-load.ts';
import { emulatedLoad } from './emulated-load.ts';
import { judgeDevice } from './judge-device.ts';
import { emulatedFolder } from '../../device/emulated-device.ts';

/** How long a load holds what it took: several times as long as the pause between two samples. */
const holdMs = { emulated: 5 * runnerTimings.outputSample, nvidia: 5 * runnerTimings.gpuSample } as const;

/** A quarter of a device, which no fault of rounding can hide. */
const amountMiB = (deviceMiB: number): number => Math.max(1, Math.floor(deviceMiB / 4));

function loadOf(gpu: GpuKind, count: number, mebibytes: number): DeviceLoad {
  switch (gpu) {
    case 'emulated':
      return emulatedLoad(emulatedFolder, mebibytes, holdMs.emulated);
    case 'nvidia':
      return cudaLoad(count, mebibytes, holdMs.nvidia);
  }
}

/**
 * Takes a known amount of the class's device in the real confinement, and compares what the container sees and what the runner
 * measures with it. Null on a class without a device.
 */
export async function checkDevice({ settings, run, stop }: Drill): Promise<DeviceCheck | null> {
  const { gpu, gpuMemoryMiB } = run.instanceClass;
  if (gpu === 'none') return null;
  const takenMiB = amountMiB(gpuMemoryMiB);
  const load = loadOf(gpu, gpusOf(run.instanceClass), takenMiB);
  const { sandbox, report } = await runConfined({ ...load, settings, run, stop });
  return judgeDevice({
    findings: report && load.read(report),
    measured: sandbox.device,
    end: sandbox.run.end,
    expected: { ...run.instanceClass, takenMiB },
  });
}
