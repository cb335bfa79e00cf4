import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { trouble } from '../errors.ts';
import type { RunOutcome } from '../campaign/run-outcome.ts';
import type { RunSpec } from '../campaign/run-spec.ts';
import { FillMeter } from './fill-meter.ts';
import { mountDevice } from './mounts.ts';
import type { RunPlace } from './run-place.ts';
import type { EngineSettings } from './runner-settings.ts';

const emulatedFolder = '/dev/holdout-gpu';
const mebibyte = 1024 * 1024;

/** The accelerator of a run: what the container gets of it, and what it used, measured from outside. */
export interface Device {
  createFlags: string[];
  environment: Record<string, string>;
  /** Pages of an emulated device count as memory of the container that wrote them. */
  extraMemoryMiB: number;
  /** A last look, once the container has ended. */
  stop(): Promise<RunOutcome['device']>;
  close(): void;
}

const noDevice: Device = {
  createFlags: [],
  environment: {},
  extraMemoryMiB: 0,
  stop: async () => null,
  close: () => {},
};

/** Opens the device that the run's class has. */
export async function openDevice(
  { gpu, gpuMemoryMiB }: RunSpec['instanceClass'],
  place: RunPlace,
  engine: EngineSettings['name'],
): Promise<Device> {
  if (gpu === 'emulated') return openEmulated(place, gpuMemoryMiB);
  if (gpu === 'nvidia') return openNvidia(engine);
  return noDevice;
}

async function openEmulated(place: RunPlace, totalMiB: number): Promise<Device> {
  await mountDevice(place, totalMiB);
  const meter = await FillMeter.start(place.device);
  return {
    createFlags: [`--volume=${place.device}:${emulatedFolder}`],
    environment: { HOLDOUT_GPU_DEVICE: emulatedFolder },
    extraMemoryMiB: totalMiB,
    stop: async () => {
      const { peakBytes } = await meter.stop();
      return { totalMiB, peakMiB: Math.ceil(peakBytes / mebibyte), driver: 'emulated' };
    },
    close: () => meter.close(),
  };
}

/** One GPU belongs to one job, so the whole device's use is the submission's. nvidia-smi reports it twice a second. */
async function openNvidia(engine: EngineSettings['name']): Promise<Device> {
  const query = ['--query-gpu=memory.used,memory.total,driver_version', '--format=csv,noheader,nounits'];
  const sampler = spawn('nvidia-smi', [...query, '--loop-ms=400'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const measured = { totalMiB: 0, peakMiB: 0, driver: '' };
  const lines = createInterface({ input: sampler.stdout }).on('line', (line) => {
    const [used, total, driver = ''] = line.split(',').map((field) => field.trim());
    measured.peakMiB = Math.max(measured.peakMiB, Number(used) || 0);
    measured.totalMiB = Math.max(measured.totalMiB, Number(total) || 0);
    measured.driver = driver;
  });
  const ended = once(sampler, 'close').catch(() => {});
  await Promise.race([once(lines, 'line'), ended]);
  if (measured.totalMiB === 0) throw trouble('DEVICE_UNREADABLE', { program: 'nvidia-smi' });
  return {
    createFlags: engine === 'docker' ? ['--gpus=all'] : ['--device=nvidia.com/gpu=all'],
    environment: { NVIDIA_VISIBLE_DEVICES: 'all', NVIDIA_DRIVER_CAPABILITIES: 'compute,utility' },
    extraMemoryMiB: 0,
    stop: async () => measured,
    close: () => void sampler.kill('SIGKILL'),
  };
}
