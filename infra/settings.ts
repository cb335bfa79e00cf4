import type { InfraSettings } from './src/settings/infra-settings.ts';

/** The settings of this installation. `npm run synth` refuses faulty ones and says why. */
export const settings: InfraSettings = {
  region: 'us-east-1',
  prefix: 'example-',
  zones: 2,
  s3PrefixList: 'pl-63a5400a',
  // Replace it after the first push of the runner's image; README.md has the commands.
  runnerDigest: 'sha256:0000000000000000000000000000000000000000000000000000000000000000',
  diskGiB: 200,
  classes: [
    {
      name: 'g4dn.xlarge',
      queue: 'holdout-g4dn',
      instanceType: 'g4dn.xlarge',
      instances: 85,
      vcpus: 4,
      memoryMiB: 15_000,
      gpus: 1,
      gpuMemoryMiB: 15_109,
      purchase: 'on-demand',
    },
    {
      name: 'g6.xlarge',
      queue: 'holdout-g6',
      instanceType: 'g6.xlarge',
      instances: 20,
      vcpus: 4,
      memoryMiB: 15_000,
      gpus: 1,
      gpuMemoryMiB: 22_731,
      purchase: 'on-demand',
    },
    {
      name: 'g6e.xlarge',
      queue: 'holdout-g6e',
      instanceType: 'g6e.xlarge',
      instances: 5,
      vcpus: 4,
      memoryMiB: 30_000,
      gpus: 1,
      gpuMemoryMiB: 45_776,
      purchase: 'on-demand',
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
