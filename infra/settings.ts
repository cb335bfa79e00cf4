import type { InfraSettings } from './src/settings/infra-settings.ts';

/** The settings of this installation. `npm run synth` refuses faulty ones and says why. */
export const settings: InfraSettings = {
  region: 'us-east-1',
  prefix: 'example-',
  zones: 2,
  s3PrefixList: 'pl-63a5400a',
  // Replace it after the first push of the runner's image; docs/aws.md has the commands.
  runnerDigest: 'sha256:0000000000000000000000000000000000000000000000000000000000000000',
  diskGiB: 200,
  // Those of README's campaign file, whose queues have the prefix too once it is used here; memory is what `type` gives a class there.
  classes: [
    {
      name: 'g4dn.xlarge',
      queue: 'holdout-g4dn',
      instanceType: 'g4dn.xlarge',
      instances: 85,
      vcpus: 4,
      memoryMiB: 15_308,
      gpus: 1,
      gpuMemoryMiB: 15_360,
      purchase: 'on-demand',
    },
    {
      name: 'g6.xlarge',
      queue: 'holdout-g6',
      instanceType: 'g6.xlarge',
      instances: 20,
      vcpus: 4,
      memoryMiB: 15_308,
      gpus: 1,
      gpuMemoryMiB: 23_034,
      purchase: 'on-demand',
    },
    {
      name: 'g6e.xlarge',
      queue: 'holdout-g6e',
      instanceType: 'g6e.xlarge',
      instances: 5,
      vcpus: 4,
      memoryMiB: 30_873,
      gpus: 1,
      gpuMemoryMiB: 46_068,
      purchase: 'on-demand',
    },
  ],
  budget: { usdPerMonth: 20_000, alarmEmail: 'operator@example.org' },
  mayAssume: { worker: [], scorer: [], operator: [], breakGlass: [] },
};
