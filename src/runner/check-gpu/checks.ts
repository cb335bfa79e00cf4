import { setTimeout as sleep } from 'node:timers/promises';
import { saturatingShare } from '../../campaign/evaluation/resource-profile.ts';
import { holdoutError } from '../../errors.ts';
import { type MeasuredDevice, openNvidiaDevice } from '../device/nvidia-device.ts';
import { sampleEveryMs } from '../device/nvidia-sampler.ts';
import { CudaLoad, type StartedLoad } from './cuda-load.ts';

/** One thing that was tried: the peak that had to be measured, in MiB, and the peak that was. */
export interface Finding {
  what: string;
  expectedMiB: [least: number, most: number];
  measuredMiB: number;
  /** Something else that had to happen and did not. */
  amiss?: string | undefined;
}

/** The device that is checked. */
export interface CheckedGpu {
  name: string;
  /** As CUDA says it. */
  totalMiB: number;
  /** What a process takes that allocates nothing. */
  contextMiB: number;
}

export type Check = (gpu: CheckedGpu) => Promise<Finding>;

/** Long enough for some samples. */
const hold = (): Promise<void> => sleep(4 * sampleEveryMs);

/** The driver gives memory in blocks of 2 MiB and keeps page tables beside it. */
const toleranceMiB = (amount: number): number => 16 + amount / 100;

const around = ({ idleMiB }: MeasuredDevice, { contextMiB }: CheckedGpu, amount: number): [number, number] => [
  Math.floor(idleMiB + contextMiB + amount - toleranceMiB(amount)),
  Math.ceil(idleMiB + contextMiB + amount + toleranceMiB(amount)),
];

/** What the device says of a whole process and what that came to: opened before it and asked after its end, as for a run. */
async function measured<T>(work: () => Promise<T>): Promise<{ result: T; device: MeasuredDevice }> {
  const device = await openNvidiaDevice('docker');
  try {
    const result = await work();
    return { result, device: await device.stop() };
  } finally {
    device.close();
  }
}

const measuredLoad = <T>(work: (load: CudaLoad) => Promise<T>): Promise<{ result: T; device: MeasuredDevice }> =>
  measured(async () => {
    const started = await CudaLoad.start();
    if (started.kind === 'impossible') throw holdoutError('COMMAND_FAILED', { command: 'python3', cause: started.why });
    try {
      return await work(started.load);
    } finally {
      await started.load.quit();
    }
  });

/** A process that only opens the device; `impossible` where there is no CUDA. */
export const measureContext = (): Promise<{ result: StartedLoad; device: MeasuredDevice }> =>
  measured(async () => {
    const started = await CudaLoad.start();
    if (started.kind === 'impossible') return started;
    await hold();
    await started.load.quit();
    return started;
  });

/** A known amount, held for a while. */
export const checkHeld: Check = async (gpu) => {
  const amount = Math.floor(gpu.totalMiB / 4);
  const { device } = await measuredLoad(async (load) => {
    await load.allocate(amount);
    await hold();
  });
  return { what: `${amount} MiB, held`, expectedMiB: around(device, gpu, amount), measuredMiB: device.peakMiB };
};

/** The peak comes first and is gone at the end. */
export const checkFreed: Check = async (gpu) => {
  const amount = Math.floor(gpu.totalMiB / 2);
  const { device } = await measuredLoad(async (load) => {
    for (const held of [amount, Math.floor(amount / 4)]) {
      await load.allocate(held);
      await hold();
      await load.free();
    }
  });
  const what = `${amount} MiB, freed long before the end`;
  return { what, expectedMiB: around(device, gpu, amount), measuredMiB: device.peakMiB };
};

/** Out of memory by one request that is too large: nothing of it may show. */
export const checkTooLarge: Check = async (gpu) => {
  const amount = gpu.totalMiB + 1;
  const { result: isGiven, device } = await measuredLoad(async (load) => {
    const given = await load.allocate(amount);
    await hold();
    return given;
  });
  return {
    what: `${amount} MiB at once, which is out of memory`,
    expectedMiB: around(device, gpu, 0),
    measuredMiB: device.peakMiB,
    amiss: isGiven ? 'CUDA gave more than the device has' : undefined,
  };
};

/** Out of memory by many small requests: the device must count as full. */
export const checkFilled: Check = async (gpu) => {
  const { result: filledMiB, device } = await measuredLoad(async (load) => {
    const filled = await load.fill(2 * gpu.totalMiB);
    await hold();
    return filled;
  });
  return {
    what: `${filledMiB} MiB, until it is out of memory`,
    expectedMiB: [Math.ceil(saturatingShare * device.totalMiB), device.totalMiB],
    measuredMiB: device.peakMiB,
    amiss: filledMiB > gpu.totalMiB ? 'CUDA gave more than the device has' : undefined,
  };
};

/** A peak between two samples; only the driver's accounts can know of it. */
export const checkShortPeak: Check = async (gpu) => {
  const amount = Math.floor(gpu.totalMiB / 4);
  const { device } = await measuredLoad((load) => load.flash(amount));
  const what = `${amount} MiB, for a moment between two samples`;
  return { what, expectedMiB: around(device, gpu, amount), measuredMiB: device.peakMiB };
};
