import type { ClassSettings, InfraSettings } from '../src/settings/infra-settings.ts';

const gpu: ClassSettings = {
  name: 'g4dn.xlarge',
  queue: 'holdout-g4dn',
  instanceType: 'g4dn.xlarge',
  instances: 85,
  vcpus: 4,
  memoryMiB: 15_000,
  gpus: 1,
  gpuMemoryMiB: 15_360,
  purchase: 'on-demand',
};

/** Settings of an installation that only the checks make: one class of each kind, and an image for P3. */
export const settings: InfraSettings = {
  region: 'us-east-1',
  prefix: 'example-',
  zones: 3,
  s3PrefixList: 'pl-63a5400a',
  runnerDigest: `sha256:${'0'.repeat(64)}`,
  diskGiB: 200,
  classes: [
    gpu,
    {
      ...gpu,
      name: 'p3.2xlarge',
      queue: 'holdout-p3',
      instanceType: 'p3.2xlarge',
      instances: 20,
      vcpus: 8,
      memoryMiB: 59_000,
      gpuMemoryMiB: 16_160,
      imageId: 'ami-0123456789abcdef0',
    },
    {
      ...gpu,
      name: 'g5.12xlarge',
      queue: 'holdout-g5',
      instanceType: 'g5.12xlarge',
      instances: 2,
      vcpus: 48,
      memoryMiB: 180_000,
      gpus: 4,
      gpuMemoryMiB: 23_034,
    },
    {
      name: 'c5.2xlarge',
      queue: 'holdout-c5',
      instanceType: 'c5.2xlarge',
      instances: 20,
      vcpus: 8,
      memoryMiB: 15_000,
      gpus: 0,
      purchase: 'spot',
    },
  ],
  budget: { usdPerMonth: 20_000, alarmEmail: 'operator@example.org' },
  mayAssume: { worker: [], scorer: [], operator: [], breakGlass: [] },
};
