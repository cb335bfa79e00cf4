import { setTimeout as sleep } from 'node:timers/promises';
import { saturatingShare } from '../../campaign/evaluation/gpu-memory-full.ts';
import { holdoutError } from '../../errors.ts';
import { type MeasuredDevice, openNvidiaDevice } from '../device/nvidia-device.ts';
import { runnerTimings } from '../runner-timings.ts';
import { CudaProcess, type StartedLoad } from './cuda-process.ts';

/** The result of one check: the expected range of the peak and the measured peak, in MiB. */
export interface Finding {
  what: string;
  expectedMiB: [least: number, most: number];
  measuredMiB: number;
  /** What else went wrong. */
  problem?: string | undefined;
}

/** The GPU that is checked. */
export interface CheckedGpu {
  name: string;
  /** According to CUDA. */
  totalMiB: number;
  /** Memory of a process that allocates nothing. */
  contextMiB: number;
}

export type Check = (gpu: CheckedGpu) => Promise<Finding>;

/** Long enough for several samples. */
const hold = (): Promise<void> => sleep(4 * runnerTimings.gpuSample);

/** The driver allocates memory in blocks of 2 MiB and adds page tables. */
const toleranceMiB = (amount: number): number => 16 + amount / 100;

const around = ({ idleMiB }: MeasuredDevice, { contextMiB }: CheckedGpu, amount: number): [number, number] => [
  Math.floor(idleMiB + contextMiB + amount - toleranceMiB(amount)),
  Math.ceil(idleMiB + contextMiB + amount + toleranceMiB(amount)),
];

/** Measures the device while `work` runs, as for a run: opened before it, read after its end. */
async function measured<T>(work: () => Promise<T>): Promise<{ result: T; device: MeasuredDevice }> {
  const device = await openNvidiaDevice('docker', { count: 1 });
  try {
    const result = await work();
    return { result, device: await device.stop() };
  } finally {
    device.close();
  }
}

const measuredLoad = <T>(work: (load: CudaProcess) => Promise<T>): Promise<{ result: T; device: MeasuredDevice }> =>
  measured(async () => {
    const started = await CudaProcess.start();
    if (started.kind === 'impossible') throw holdoutError('COMMAND_FAILED', { command: 'python3', cause: started.why });
    try {
      return await work(started.load);
    } finally {
      await started.load.quit();
    }
  });

/** Measures a process that only opens the device; `impossible` if there is no CUDA. */
export const measureContext = (): Promise<{ result: StartedLoad; device: MeasuredDevice }> =>
  measured(async () => {
    const started = await CudaProcess.start();
    if (started.kind === 'impossible') return started;
    await hold();
    await started.load.quit();
    return started;
  });

/** Holds a known amount for a while. */
export const checkHeld: Check = async (gpu) => {
  const amount = Math.floor(gpu.totalMiB / 4);
  const { device } = await measuredLoad(async (load) => {
    await load.allocate(amount);
    await hold();
  });
  return { what: `${amount} MiB, held`, expectedMiB: around(device, gpu, amount), measuredMiB: device.peakMiB };
};

/** Frees the peak long before the end. */
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

/** Runs out of memory by one request that is too large, which must not show in the peak. */
export const checkTooLarge: Check = async (gpu) => {
  const amount = gpu.totalMiB + 1;
  const { result: isAllocated, device } = await measuredLoad(async (load) => {
    const isAllocated = await load.allocate(amount);
    await hold();
    return isAllocated;
  });
  return {
    what: `${amount} MiB at once, which is out of memory`,
    expectedMiB: around(device, gpu, 0),
    measuredMiB: device.peakMiB,
    problem: isAllocated ? 'CUDA gave more than the device has' : undefined,
  };
};

/** Runs out of memory by many small requests: the device must count as full. */
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
    problem: filledMiB > gpu.totalMiB ? 'CUDA gave more than the device has' : undefined,
  };
};

/** Makes a peak between two samples, which only the driver's accounting can know. */
export const checkShortPeak: Check = async (gpu) => {
  const amount = Math.floor(gpu.totalMiB / 4);
  const { device } = await measuredLoad((load) => load.flash(amount));
  const what = `${amount} MiB, for a moment between two samples`;
  return { what, expectedMiB: around(device, gpu, amount), measuredMiB: device.peakMiB };
};
